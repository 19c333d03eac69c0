package dev.sotto.client.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sotto.client.platform.JobRefused.Kind;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class HttpJobChannelTest {
  private static final String KEY = "sk-sotto-test";
  private static final JobId JOB = new JobId(1, 2);
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  private final TestPlatform platform = new TestPlatform();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server = serve();
  private final HttpJobChannel channel = connect(KEY);

  /** What the server says next; status 0 cuts the connection. */
  private record Answer(int status, byte[] body) {
    static Answer json(int status, String json) {
      return new Answer(status, json.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static HttpServer serve() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpJobChannel connect(String key) {
    return new HttpJobChannel(
        "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/",
        key,
        InstantSource.fixed(NOON),
        pauses::add);
  }

  @BeforeEach
  void start() {
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    channel.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] sent = exchange.getRequestBody().readAllBytes();
    calls.add(
        "%s %s %s %d"
            .formatted(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                sent.length));
    Answer answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
    if (answer.status() == 0) {
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(
        answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
    exchange.getResponseBody().write(answer.body());
    exchange.close();
  }

  private static JobRequest request() {
    return new JobRequest(JOB, "small", Protection.PASSIVE, 3, 5, NOON.plusSeconds(60));
  }

  private SealedStep step() {
    TestLane lane = platform.lane("lane-1", _ -> new float[300]);
    platform.placements.add(List.of(lane));
    List<SealedStep> steps = new ArrayList<>();
    JobChannel keeping =
        new JobChannel() {
          @Override
          public Placement open(JobRequest request) {
            return platform.open(request);
          }

          @Override
          public dev.sotto.contracts.SealedResults step(SealedStep step) {
            steps.add(step);
            return platform.step(step);
          }

          @Override
          public void end(JobId job, Reason reason) {}
        };
    try (PlatformJob job =
        PlatformJob.open(
            keeping, platform.roots(), TestPlatform.MODEL, request(), InstantSource.fixed(NOON))) {
      job.next(1, 2, 3);
    }
    return steps.getFirst();
  }

  private String placement() {
    TestLane lane = platform.lane("lane-1", _ -> new float[300]);
    return "{\"job_id\":\"%s\",\"protection\":\"passive\",\"lanes\":[%s]}"
        .formatted(JOB, new String(lane.manifest.encode(), StandardCharsets.UTF_8));
  }

  @Test
  void aJobIsOpenedWithWhatMayBeKnown() {
    answers.add(Answer.json(200, placement()));
    Placement placement = channel.open(request());
    assertThat(placement.jobId()).isEqualTo(JOB);
    assertThat(placement.lanes()).hasSize(1);
    assertThat(calls).hasSize(1);
    assertThat(calls.getFirst()).startsWith("POST /v1/sealed/jobs Bearer " + KEY);
    var json = JsonMapper.shared().readTree(SealedJson.open(request()));
    assertThat(json.propertyNames())
        .containsExactlyInAnyOrder(
            "job_id", "model", "protection", "prompt_tokens", "max_tokens", "deadline");
  }

  @Test
  void aStepTravelsAsItIsAndComesBackAsResults() {
    SealedStep step = step();
    platform.placed.values().forEach(lanes -> lanes.forEach(lane -> lane.sequence.clear()));
    platform.placed.values().forEach(lanes -> lanes.forEach(lane -> lane.seats.clear()));
    answers.add(new Answer(200, platform.step(step).encode()));
    assertThat(channel.step(step).results()).hasSize(3);
    assertThat(calls)
        .containsExactly(
            "PUT /v1/sealed/jobs/%s/steps/0 Bearer %s %d"
                .formatted(JOB, KEY, step.encode().length));
  }

  @Test
  void whatWasLostIsAskedForAgain() {
    answers.add(new Answer(0, new byte[0]));
    answers.add(Answer.json(503, "{\"error\":{\"code\":\"draining\",\"message\":\"later\"}}"));
    answers.add(Answer.json(200, placement()));
    assertThat(channel.open(request()).lanes()).hasSize(1);
    assertThat(calls).hasSize(3);
  }

  @Test
  void triesAreBounded() {
    answers.add(Answer.json(503, "{}"));
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(e.retryable()).isTrue();
    assertThat(calls).hasSize(10);
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(40));
    calls.clear();
    JobRefused soon = catchThrowableOfType(JobRefused.class, channel::models);
    assertThat(soon.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(calls).hasSize(4);
  }

  @Test
  void nothingIsSentAgainPastTheDeadline() {
    answers.add(Answer.json(503, "{}"));
    JobRequest brief =
        new JobRequest(JOB, "small", Protection.PASSIVE, 3, 5, NOON.minusMillis(4_000));
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(brief));
    assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(calls).hasSize(4); // after pauses of 0.1, 0.3 and 0.9 s, 2.7 s would be too long
  }

  @Test
  void aJobThatFoundNoLaneIsOver() {
    answers.add(Answer.json(503, "{\"error\":{\"code\":\"no_lane\",\"message\":\"None.\"}}"));
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
    assertThat(e.retryable()).isTrue(); // as another job
    assertThat(calls).hasSize(1);
  }

  @Test
  void refusalsKeepStatusCodeAndSentence() {
    answers.add(
        Answer.json(
            429,
            "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"No credit\\nleft.\"}}"));
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
    assertThat(e.kind()).isEqualTo(Kind.LIMITED);
    assertThat(e.code()).isEqualTo("insufficient_quota");
    assertThat(e).hasMessage("No credit left.");
    assertThat(calls).hasSize(1);
  }

  @Test
  void answersThatAreNoneAreRefused() {
    for (String body : List.of("", "[]", "{}", "{\"lanes\":3}", "nonsense", "{\"job_id\":\"x\"}")) {
      answers.clear();
      answers.add(Answer.json(200, body));
      JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
      assertThat(e.code()).as(body).isEqualTo("bad_gateway");
    }
    answers.clear();
    answers.add(new Answer(200, new byte[100]));
    SealedStep step = step();
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.step(step));
    assertThat(e.code()).isEqualTo("bad_gateway");
  }

  @Test
  void aBodyWithoutEndIsCutOff() {
    answers.add(new Answer(200, new byte[(4 << 20) + 1]));
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
    assertThat(e.code()).isEqualTo("bad_gateway");
  }

  @Test
  void endingAJobThatIsOverDoesNothing() {
    answers.add(Answer.json(404, "{\"error\":{\"code\":\"not_found\",\"message\":\"none\"}}"));
    channel.end(JOB, Reason.DISTRUSTED);
    assertThat(calls)
        .containsExactly(
            "DELETE /v1/sealed/jobs/%s?reason=distrusted Bearer %s 0".formatted(JOB, KEY));
  }

  @Test
  void aCallerWhoWasLeftAloneLeaves() {
    answers.add(Answer.json(404, "{}"));
    channel.end(JOB, Reason.ABANDONED);
    assertThat(calls).singleElement().asString().contains("?reason=cancelled ");
  }

  @Test
  void aGatewayThatIsNotThereIsNamedAndTheKeyIsNot() {
    server.stop(0);
    JobRefused e = catchThrowableOfType(JobRefused.class, () -> channel.open(request()));
    assertThat(e.code()).isEqualTo("gateway_unreachable");
    assertThat(e).hasMessageContaining("127.0.0.1:").message().doesNotContain(KEY);
  }

  @Test
  void addressesAndKeysThatAreNoneAreRefused() {
    for (String address : List.of("", "127.0.0.1:8080", "ftp://x", "http://", "http://x?y=1")) {
      assertThatThrownBy(() -> new HttpJobChannel(address, KEY, InstantSource.system()))
          .as(address)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> connect("a\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("a\nb");
  }
}
