package dev.sotto.billing.usage;

import dev.sotto.billing.usage.Page.Amount;
import dev.sotto.billing.usage.Page.Bucket;
import dev.sotto.billing.usage.Page.Completions;
import dev.sotto.billing.usage.Page.Costs;
import dev.sotto.billing.usage.Page.Result;
import dev.sotto.billing.usage.Span.Group;
import dev.sotto.platform.data.Tenancy;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Sums of usage lines by buckets of time. Row-level security keeps tenants apart. */
final class Reports {
  private final Tenancy tenancy;
  private final JdbcClient jdbc;
  private final Cursors cursors;
  private final String currency;

  Reports(Tenancy tenancy, JdbcClient jdbc, Cursors cursors, String currency) {
    this.tenancy = tenancy;
    this.jdbc = jdbc;
    this.cursors = cursors;
    this.currency = currency.toLowerCase(Locale.ROOT);
  }

  Page completions(UUID tenant, Span asked, @Nullable String page) {
    return report(tenant, asked, page, Reports::completions);
  }

  Page costs(UUID tenant, Span asked, @Nullable String page) {
    return report(tenant, asked, page, this::costs);
  }

  private Page report(UUID tenant, Span asked, @Nullable String page, Reader reader) {
    Span span = page == null ? asked : asked.startingAt(cursors.open(tenant, asked.query(), page));
    Map<Long, List<Result>> found = tenancy.inTenant(tenant, () -> sums(tenant, span, reader));
    List<Bucket> buckets = new ArrayList<>();
    long width = span.width().seconds;
    for (long start = span.from(); start < span.pageEnd(); start += width) {
      buckets.add(new Bucket(start, start + width, found.getOrDefault(start, List.of())));
    }
    String next = span.more() ? cursors.seal(tenant, asked.query(), span.pageEnd()) : null;
    return new Page(buckets, next);
  }

  private Map<Long, List<Result>> sums(UUID tenant, Span span, Reader reader) {
    StringBuilder groups = new StringBuilder();
    for (Group group : span.groups()) {
      groups.append(", ").append(group.column).append(" AS ").append(group.label);
    }
    StringBuilder numbers = new StringBuilder("1");
    for (int i = 0; i < span.groups().size(); i++) {
      numbers.append(", ").append(i + 2);
    }
    String sql =
        "SELECT (floor(extract(epoch FROM used_at) / :width) * :width)::bigint AS bucket"
            + groups
            + ", sum(prompt_tokens)::bigint AS prompt, sum(completion_tokens)::bigint AS completion,"
            + " sum(requests)::bigint AS requests, sum(cost)::bigint AS cost FROM usage_line"
            + " WHERE tenant_id = :tenant AND used_at >= to_timestamp(:from)"
            + " AND used_at < to_timestamp(:to)"
            + (span.projects().isEmpty() ? "" : " AND project_id IN (:projects)")
            + (span.keys().isEmpty() ? "" : " AND key_id IN (:keys)")
            + (span.models().isEmpty() ? "" : " AND model IN (:models)")
            + " GROUP BY "
            + numbers
            + " ORDER BY "
            + numbers;
    StatementSpec ask =
        jdbc.sql(sql)
            .param("width", span.width().seconds)
            .param("tenant", tenant)
            .param("from", span.from())
            .param("to", Math.min(span.pageEnd(), span.end()));
    if (!span.projects().isEmpty()) {
      ask.param("projects", span.projects());
    }
    if (!span.keys().isEmpty()) {
      ask.param("keys", span.keys());
    }
    if (!span.models().isEmpty()) {
      ask.param("models", span.models());
    }
    Map<Long, List<Result>> found = new HashMap<>();
    ask.query(
        row -> {
          found
              .computeIfAbsent(row.getLong("bucket"), bucket -> new ArrayList<>())
              .add(reader.read(row, span.groups()));
        });
    return found;
  }

  private static Result completions(ResultSet row, List<Group> groups) throws SQLException {
    return new Completions(
        "organization.usage.completions.result",
        row.getLong("prompt"),
        row.getLong("completion"),
        0,
        0,
        0,
        row.getLong("requests"),
        group(row, groups, Group.PROJECT),
        null,
        group(row, groups, Group.KEY),
        group(row, groups, Group.MODEL),
        null);
  }

  private Result costs(ResultSet row, List<Group> groups) throws SQLException {
    return new Costs(
        "organization.costs.result",
        new Amount(BigDecimal.valueOf(row.getLong("cost"), 6), currency),
        group(row, groups, Group.LINE_ITEM),
        group(row, groups, Group.PROJECT));
  }

  private static @Nullable String group(ResultSet row, List<Group> groups, Group group)
      throws SQLException {
    return groups.contains(group) ? row.getString(group.label) : null;
  }

  private interface Reader {
    Result read(ResultSet row, List<Group> groups) throws SQLException;
  }
}
