package dev.sotto.gateway.organization;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.sotto.gateway.keys.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param object {@code list}
 * @param data the items
 * @param firstId the first item's id, or null
 * @param lastId the last item's id, to be sent as {@code after} for the next part, or null
 * @param hasMore whether there is one
 */
record ListObject<T>(
    String object,
    List<T> data,
    @JsonProperty("first_id") @Nullable String firstId,
    @JsonProperty("last_id") @Nullable String lastId,
    @JsonProperty("has_more") boolean hasMore) {
  static <S, T> ListObject<T> of(Page<S> page, Function<S, T> shown, Function<T, String> id) {
    List<T> data = page.items().stream().map(shown).toList();
    return new ListObject<>(
        "list",
        data,
        data.isEmpty() ? null : id.apply(data.getFirst()),
        data.isEmpty() ? null : id.apply(data.getLast()),
        page.more());
  }
}
