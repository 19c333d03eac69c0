package dev.sotto.billing.usage;

import static dev.sotto.billing.testing.Billing.asked;
import static dev.sotto.billing.testing.Billing.ended;
import static dev.sotto.billing.testing.Billing.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.billing.credit.Corrections;
import dev.sotto.billing.credit.CreditDesk;
import dev.sotto.billing.testing.Billing;
import dev.sotto.contracts.event.JobEnded.Outcome;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UsageTest {
  private static final UUID ANN = UUID.randomUUID();
  private static final UUID BOB = UUID.randomUUID();
  private static final UUID FIRST = UUID.randomUUID();
  private static final UUID SECOND = UUID.randomUUID();
  private static final String COMPLETIONS = "/v1/organization/usage/completions";
  private static final String COSTS = "/v1/organization/costs";

  private final HttpClient http = HttpClient.newHttpClient();
  private final long today = Instant.now().getEpochSecond() / 86_400 * 86_400;
  private Billing billing;

  private record Answer(int status, JsonNode body) {}

  @BeforeAll
  void start() {
    billing = new Billing();
    use(ANN, FIRST, 100, 20);
    use(ANN, FIRST, 50, 5);
    String corrected = use(ANN, SECOND, 10, 10);
    billing.get(Corrections.class).correct(ANN, corrected, 10, 1);
    use(BOB, FIRST, 1000, 1000);
  }

  @AfterAll
  void stop() {
    http.close();
    billing.close();
  }

  private String use(UUID tenant, UUID project, int prompt, int completion) {
    String job = job();
    CreditDesk desk = billing.get(CreditDesk.class);
    desk.request(asked(tenant, project, job, prompt, completion));
    desk.end(ended(tenant, project, job, Outcome.COMPLETED, prompt, completion));
    return job;
  }

  private Answer get(@Nullable UUID tenant, String token, String path, String query)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + billing.port() + path + "?" + query));
    request.header("x-sotto-internal", token);
    if (tenant != null) {
      request.header("x-sotto-tenant", tenant.toString());
    }
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), JsonMapper.shared().readTree(response.body()));
  }

  private Answer get(UUID tenant, String path, String query) throws Exception {
    return get(tenant, Billing.TOKEN, path, query);
  }

  @Test
  void completionsAreSummedByDay() throws Exception {
    Answer answer = get(ANN, COMPLETIONS, "start_time=" + today);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("object").asString()).isEqualTo("page");
    assertThat(answer.body().path("has_more").asBoolean()).isFalse();
    assertThat(answer.body().has("next_page")).isTrue();
    assertThat(answer.body().path("next_page").isNull()).isTrue();
    JsonNode bucket = answer.body().path("data").path(0);
    assertThat(bucket.path("object").asString()).isEqualTo("bucket");
    assertThat(bucket.path("start_time").asLong()).isEqualTo(today);
    assertThat(bucket.path("end_time").asLong()).isEqualTo(today + 86_400);
    assertThat(sum(answer, "input_tokens")).isEqualTo(160);
    assertThat(sum(answer, "output_tokens")).isEqualTo(26); // after the correction
    assertThat(sum(answer, "num_model_requests")).isEqualTo(3);
    JsonNode result = bucket.path("results").path(0);
    assertThat(result.path("object").asString()).isEqualTo("organization.usage.completions.result");
    assertThat(result.path("project_id").isNull()).isTrue();
  }

  private static long sum(Answer answer, String field) {
    long sum = 0;
    for (JsonNode bucket : answer.body().path("data")) {
      for (JsonNode result : bucket.path("results")) {
        sum += result.path(field).asLong();
      }
    }
    return sum;
  }

  @Test
  void groupsAndFiltersApply() throws Exception {
    Answer grouped =
        get(
            ANN,
            COMPLETIONS,
            "start_time=" + today + "&group_by=project_id&group_by%5B%5D=model&bucket_width=1h");
    List<String> projects = new ArrayList<>();
    for (JsonNode bucket : grouped.body().path("data")) {
      for (JsonNode result : bucket.path("results")) {
        assertThat(result.path("model").asString()).isEqualTo("made-up");
        projects.add(result.path("project_id").asString());
      }
    }
    assertThat(projects).contains(FIRST.toString(), SECOND.toString());
    Answer filtered = get(ANN, COMPLETIONS, "start_time=" + today + "&project_ids%5B%5D=" + SECOND);
    assertThat(sum(filtered, "input_tokens")).isEqualTo(10);
    assertThat(sum(get(ANN, COMPLETIONS, "start_time=" + today + "&models=none"), "input_tokens"))
        .isZero();
    UUID key = new UUID(0, 7);
    assertThat(
            sum(
                get(ANN, COMPLETIONS, "start_time=" + today + "&api_key_ids=" + key),
                "input_tokens"))
        .isEqualTo(160);
  }

  @Test
  void costsAreInUnitsOfTheCurrency() throws Exception {
    Answer answer = get(ANN, COSTS, "start_time=" + today + "&group_by=line_item");
    BigDecimal total = BigDecimal.ZERO;
    for (JsonNode bucket : answer.body().path("data")) {
      for (JsonNode result : bucket.path("results")) {
        assertThat(result.path("object").asString()).isEqualTo("organization.costs.result");
        assertThat(result.path("amount").path("currency").asString()).isEqualTo("usd");
        assertThat(result.path("line_item").asString()).startsWith("made-up, passive, price ");
        total = total.add(result.path("amount").path("value").decimalValue());
      }
    }
    assertThat(total).isEqualByComparingTo("0.00186"); // 186 tokens of 10 micro-units
  }

  @Test
  void pagesFollowEachOther() throws Exception {
    long start = today - 9 * 86_400;
    String query = "start_time=" + start + "&limit=4";
    List<Long> starts = new ArrayList<>();
    String page = "";
    int pages = 0;
    do {
      Answer answer = get(ANN, COMPLETIONS, query + page);
      answer.body().path("data").forEach(bucket -> starts.add(bucket.path("start_time").asLong()));
      JsonNode next = answer.body().path("next_page");
      page = next.isNull() ? "" : "&page=" + next.asString();
      pages++;
    } while (!page.isEmpty());
    assertThat(pages).isEqualTo(3);
    List<Long> expected = new ArrayList<>();
    for (long at = start; at <= today; at += 86_400) {
      expected.add(at);
    }
    assertThat(starts.subList(0, 10)).isEqualTo(expected.subList(0, 10));
  }

  @Test
  void neitherUsageNorCursorsCrossTenants() throws Exception {
    assertThat(sum(get(BOB, COMPLETIONS, "start_time=" + today), "input_tokens")).isEqualTo(1000);
    assertThat(sum(get(UUID.randomUUID(), COMPLETIONS, "start_time=" + today), "input_tokens"))
        .isZero();
    assertThat(
            sum(
                get(ANN, COMPLETIONS, "start_time=" + today + "&project_ids=" + FIRST),
                "input_tokens"))
        .isEqualTo(150); // the same project id under Bob is Bob's
    String query = "start_time=" + (today - 9 * 86_400) + "&limit=2";
    String cursor = get(ANN, COMPLETIONS, query).body().path("next_page").asString();
    assertThat(get(ANN, COMPLETIONS, query + "&page=" + cursor).status()).isEqualTo(200);
    for (String wrong : List.of(cursor, cursor.substring(0, 20), "page_AAAA", "x", "page_%00")) {
      Answer refused = get(BOB, COMPLETIONS, query + "&page=" + wrong);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body().path("error").path("param").asString()).isEqualTo("page");
    }
    assertThat(get(ANN, COMPLETIONS, query + "&models=other&page=" + cursor).status())
        .isEqualTo(400);
  }

  @Test
  void nobodyAsksWithoutTheToken() throws Exception {
    for (String path :
        List.of(COMPLETIONS, COSTS, "/internal/credit", "/internal/invoices", "/x")) {
      Answer refused = get(ANN, "guess", path, "start_time=" + today);
      assertThat(refused.status()).as(path).isEqualTo(401);
      assertThat(refused.body().path("error").path("code").asString()).isEqualTo("internal_only");
    }
    assertThat(get(ANN, Billing.TOKEN, "/nothing", "").status()).isEqualTo(404);
    assertThat(get(null, Billing.TOKEN, COSTS, "start_time=1").status()).isEqualTo(400);
  }

  @Test
  void healthAndMetricsNeedNoTokenAndNameNoTenant() throws Exception {
    for (String path : List.of("/actuator/health/readiness", "/actuator/prometheus")) {
      URI uri = URI.create("http://127.0.0.1:" + billing.port() + path);
      HttpResponse<String> answer =
          http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.body()).doesNotContain(ANN.toString()).doesNotContain(FIRST.toString());
      if (path.endsWith("prometheus")) {
        assertThat(answer.body()).contains("sotto_billing_settled_total");
      }
    }
    URI env = URI.create("http://127.0.0.1:" + billing.port() + "/actuator/env");
    assertThat(
            http.send(HttpRequest.newBuilder(env).build(), HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void badParametersAreNamed() throws Exception {
    for (String[] bad :
        List.of(
            new String[] {"", "start_time"},
            new String[] {"start_time=soon", "start_time"},
            new String[] {"start_time=-1", "start_time"},
            new String[] {"start_time=999999999999", "start_time"},
            new String[] {"start_time=1&start_time=2", "start_time"},
            new String[] {"start_time=10&end_time=0", "end_time"},
            new String[] {"start_time=1&bucket_width=1y", "bucket_width"},
            new String[] {"start_time=1&limit=0", "limit"},
            new String[] {"start_time=1&limit=32", "limit"},
            new String[] {"start_time=1&group_by=tenant_id", "group_by"},
            new String[] {"start_time=1&project_ids=x", "project_ids"},
            new String[] {"start_time=1&tenant_id=" + BOB, "tenant_id"},
            new String[] {"start_time=1&models=" + encoded("' OR 1=1 --"), ""})) {
      Answer answer = get(ANN, COMPLETIONS, bad[0]);
      assertThat(answer.status()).as(bad[0]).isEqualTo(bad[1].isEmpty() ? 200 : 400);
      assertThat(answer.body().path("error").path("param").asString("")).isEqualTo(bad[1]);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
