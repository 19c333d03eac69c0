package dev.sotto.billing.usage;

import dev.sotto.billing.internal.BadRequest;
import dev.sotto.billing.usage.Span.Group;
import dev.sotto.platform.internal.InternalToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Usage and costs as OpenAI's administration API gives them. The gateway asks on behalf of a tenant
 * that it has authenticated.
 */
@RestController
class UsageController {
  private static final Set<String> KNOWN =
      Set.of(
          "start_time",
          "end_time",
          "bucket_width",
          "limit",
          "page",
          "project_ids",
          "api_key_ids",
          "models",
          "group_by");
  private static final int MOST_VALUES = 50;

  private final Reports reports;

  UsageController(Reports reports) {
    this.reports = reports;
  }

  @GetMapping("/v1/organization/usage/completions")
  Page completions(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @RequestParam MultiValueMap<String, String> asked) {
    Params params = new Params(asked);
    String label = params.one("bucket_width", "1d");
    BucketWidth width =
        BucketWidth.of(label)
            .orElseThrow(() -> new BadRequest("bucket_width", "must be 1m, 1h or 1d"));
    Span span =
        params.span(
            width,
            width.usualLimit,
            width.mostLimit,
            List.of(Group.PROJECT, Group.KEY, Group.MODEL));
    return reports.completions(tenant, span, params.page());
  }

  @GetMapping("/v1/organization/costs")
  Page costs(
      @RequestHeader(InternalToken.TENANT_HEADER) UUID tenant,
      @RequestParam MultiValueMap<String, String> asked) {
    Params params = new Params(asked);
    if (!params.one("bucket_width", "1d").equals("1d")) {
      throw new BadRequest("bucket_width", "must be 1d");
    }
    Span span = params.span(BucketWidth.DAY, 7, 180, List.of(Group.PROJECT, Group.LINE_ITEM));
    return reports.costs(tenant, span, params.page());
  }

  /** Parameters, with or without the brackets that some clients write behind lists. */
  private record Params(MultiValueMap<String, String> asked) {
    private Params {
      for (String name : asked.keySet()) {
        if (!KNOWN.contains(bare(name))) {
          throw new BadRequest(
              bare(name).length() > 64 ? "query" : bare(name), "is not a parameter of this report");
        }
      }
    }

    private static String bare(String name) {
      return name.endsWith("[]") ? name.substring(0, name.length() - 2) : name;
    }

    private List<String> all(String name) {
      List<String> values = new ArrayList<>();
      asked.forEach(
          (given, more) -> {
            if (bare(given).equals(name)) {
              values.addAll(more);
            }
          });
      if (values.size() > MOST_VALUES) {
        throw new BadRequest(name, "must have at most " + MOST_VALUES + " values");
      }
      return values;
    }

    String one(String name, String usual) {
      List<String> values = all(name);
      if (values.size() > 1) {
        throw new BadRequest(name, "must be given once");
      }
      return values.isEmpty() ? usual : values.getFirst();
    }

    private long number(String name, String usual) {
      String value = one(name, usual);
      if (!value.matches("[0-9]{1,12}")) {
        throw new BadRequest(name, "must be a whole number");
      }
      return Long.parseLong(value);
    }

    @Nullable String page() {
      String page = one("page", "");
      return page.isEmpty() ? null : page;
    }

    Span span(BucketWidth width, int usualLimit, int mostLimit, List<Group> allowed) {
      if (all("start_time").isEmpty()) {
        throw new BadRequest("start_time", "must be given, in seconds of the epoch");
      }
      long limit = number("limit", Integer.toString(usualLimit));
      if (limit < 1 || limit > mostLimit) {
        throw new BadRequest("limit", "must be from 1 to " + mostLimit);
      }
      long start = Span.seconds("start_time", number("start_time", "0"));
      // Without an end a report is about everything so far.
      long now = Instant.now().getEpochSecond() + 1;
      long end =
          Span.seconds("end_time", number("end_time", Long.toString(Math.max(now, start + 1))));
      return new Span(
          start,
          end,
          width,
          (int) limit,
          ids("project_ids"),
          ids("api_key_ids"),
          all("models"),
          groups(allowed));
    }

    private List<UUID> ids(String name) {
      return all(name).stream()
          .map(
              value -> {
                try {
                  return UUID.fromString(value);
                } catch (IllegalArgumentException e) {
                  throw new BadRequest(name, "must be identifiers as this report gives them");
                }
              })
          .toList();
    }

    private List<Group> groups(List<Group> allowed) {
      List<Group> groups = new ArrayList<>();
      for (String value : all("group_by")) {
        Group group =
            allowed.stream()
                .filter(candidate -> candidate.label.equals(value))
                .findFirst()
                .orElseThrow(
                    () ->
                        new BadRequest(
                            "group_by",
                            "must be of " + allowed.stream().map(known -> known.label).toList()));
        if (!groups.contains(group)) {
          groups.add(group);
        }
      }
      return groups;
    }
  }
}
