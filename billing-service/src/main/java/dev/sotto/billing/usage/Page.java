package dev.sotto.billing.usage;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonNaming;

/** A page of buckets, as OpenAI's clients read it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record Page(String object, List<Bucket> data, boolean hasMore, @Nullable String nextPage) {
  Page(List<Bucket> data, @Nullable String nextPage) {
    this("page", data, nextPage != null, nextPage);
  }

  /** One span of time; without results when nothing was used in it. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Bucket(String object, long startTime, long endTime, List<? extends Result> results) {
    Bucket(long startTime, long endTime, List<? extends Result> results) {
      this("bucket", startTime, endTime, results);
    }
  }

  /** What a bucket holds. */
  sealed interface Result permits Completions, Costs {}

  /** Tokens of one group; what groups are not told apart by is null. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Completions(
      String object,
      long inputTokens,
      long outputTokens,
      long inputCachedTokens,
      long inputAudioTokens,
      long outputAudioTokens,
      long numModelRequests,
      @Nullable String projectId,
      @Nullable String userId,
      @Nullable String apiKeyId,
      @Nullable String model,
      @Nullable Boolean batch)
      implements Result {}

  /** Money of one group. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Costs(String object, Amount amount, @Nullable String lineItem, @Nullable String projectId)
      implements Result {}

  /** In units of a currency, not micro-units. */
  record Amount(BigDecimal value, String currency) {}
}
