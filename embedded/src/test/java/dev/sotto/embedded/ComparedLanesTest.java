package dev.sotto.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sotto.client.lane.LaneException;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.contracts.Protection;
import dev.sotto.embedded.testing.Gateway;
import dev.sotto.embedded.testing.Gateway.Reply;
import dev.sotto.embedded.testing.OwnEnclave;
import dev.sotto.embedded.testing.UserHome;
import dev.sotto.embedded.testing.UserHome.Outcome;
import dev.sotto.launch.Control;
import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.LaneStatus;
import dev.sotto.launch.PlatformStatus.NodeStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.launch.PlatformStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two lanes, six nodes, and answers that both have computed. */
class ComparedLanesTest {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(240);
  private static final String HELLO =
      """
      {"model": "small", "temperature": 0, "max_tokens": 3,
       "messages": [{"role": "user", "content": "Hello"}]}\
      """;
  private static final String PASSIVE_HELLO =
      HELLO.replace(
          "\"temperature\"", "\"x_sotto\": {\"protection\": \"passive\"}, \"temperature\"");

  @TempDir private static Path folder;
  private static UserHome home = new UserHome(Path.of("x"));

  @BeforeAll
  static void up() throws Exception {
    home = UserHome.in(folder);
    String port = String.valueOf(UserHome.freePort());
    Outcome outcome =
        home.run("up", "--model", home.model().toString(), "--lanes", "2", "--port", port);
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(outcome.out()).contains("2 lanes: protection compared");
  }

  @AfterAll
  static void down() throws Exception {
    Outcome outcome = home.run("down");
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    assertThat(home.processes()).isEmpty();
  }

  @Test
  void twoLanesHaveNoOperatorInCommon() throws Exception {
    PlatformStatus status = awaitReady();
    assertThat(status.lanes()).extracting(LaneStatus::id).containsExactly("lane-1", "lane-2");
    assertThat(status.lanes().stream().flatMap(lane -> lane.nodes().stream()))
        .hasSize(6)
        .extracting(NodeStatus::operator)
        .doesNotHaveDuplicates();
  }

  @Test
  void answersAreComparedUnlessACallerAsksForLess() throws Exception {
    awaitReady();
    Gateway gateway = new Gateway(home);
    JsonNode model = gateway.get("/v1/models").body().path("data").path(0).path("x_sotto");
    assertThat(model.path("protections"))
        .extracting(JsonNode::asString)
        .containsExactly("compared", "passive");
    assertAnswer(gateway.chat(HELLO), "compared");
    assertAnswer(gateway.chat(PASSIVE_HELLO), "passive");
  }

  private static void assertAnswer(Reply reply, String protection) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    assertThat(reply.header("x-sotto-protection")).isEqualTo(protection);
    assertThat(reply.body().path("x_sotto").path("protection").asString()).isEqualTo(protection);
    assertThat(reply.body().path("usage").path("completion_tokens").asInt()).isBetween(1, 3);
  }

  @Test
  void aSealedChatIsComparedAndAnswersAsWithOneLane() throws Exception {
    awaitReady();
    assertThat(chat("--protection", "compared").path("completion_ids"))
        .isEqualTo(chat("--protection", "passive").path("completion_ids"));
    assertThat(chat().path("protection").asString()).isEqualTo("compared");
  }

  private static JsonNode chat(String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("chat", "Hello", "--json", "--max-tokens", "4"));
    command.addAll(List.of(more));
    Outcome outcome = home.run(command.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
    JsonNode facts = JsonMapper.shared().readTree(outcome.out().lines().toList().getLast());
    assertThat(facts.path("completion_ids").size()).isBetween(1, 4);
    return facts;
  }

  @Test
  void aReceiptSaysThatTheLanesAgreeAndIsBelievedOffline() throws Exception {
    awaitReady();
    String job;
    try (OwnEnclave enclave = OwnEnclave.open(home, Protection.COMPARED, 5)) {
      job = enclave.id();
      enclave.next(40, 41, 42, 43, 44);
      for (int token = 50; token < 69; token++) {
        enclave.next(token);
      }
      enclave.finished();
    }
    Path file = folder.resolve("receipt.json");
    String receipt = receipt(job);
    Files.writeString(file, receipt);
    Outcome believed = home.run("receipt", "verify", file.toString());
    assertThat(believed.exitCode()).as(believed.toString()).isZero();
    assertThat(believed.out())
        .contains(
            "The signature is good.",
            job + ", completed",
            "5 read, 20 answered",
            "protection  compared",
            "the lanes agree over all 20 answered steps");
    assertThat(believed.out().lines().filter(line -> line.contains("stage 0"))).hasSize(6);

    String body = JsonMapper.shared().readTree(receipt).path("receipt").asString();
    String other = body.startsWith("e") ? "f" + body.substring(1) : "e" + body.substring(1);
    assertThat(body).isNotEmpty();
    Files.writeString(file, receipt.replace(body, other));
    Outcome altered = home.run("receipt", "verify", file.toString());
    assertThat(altered.exitCode()).as(altered.toString()).isNotZero();
    assertThat(altered.err()).contains("this receipt is not to be believed");
  }

  /** It is there a moment after the job's end. */
  private static String receipt(String job) throws Exception {
    long start = System.nanoTime();
    Reply reply = new Gateway(home).get("/v1/receipts/" + job);
    while (reply.status() == 404 && System.nanoTime() - start < PATIENCE_NANOS) {
      pause();
      reply = new Gateway(home).get("/v1/receipts/" + job);
    }
    assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
    return reply.response().body();
  }

  @Test
  void aKilledNodeEndsItsJobClearlyAndTheNextIsCompared() throws Exception {
    PlatformStatus before = awaitReady();
    ProcessStatus victim =
        before.processes().stream()
            .filter(process -> process.name().equals("lane-2-evaluator-1"))
            .findFirst()
            .orElseThrow();
    try (OwnEnclave enclave = OwnEnclave.open(home, Protection.COMPARED, 3)) {
      assertThat(enclave.next(40, 41, 42)).hasSize(300);
      Process kill = new ProcessBuilder("kill", "-9", String.valueOf(victim.pid())).start();
      assertThat(kill.waitFor()).isZero();
      ProcessHandle.of(victim.pid()).ifPresent(process -> process.onExit().join());
      Throwable end = catchThrowable(() -> enclave.next(43));
      assertThat(end).isInstanceOfAny(LaneException.class, JobRefused.class);
      boolean retryable =
          end instanceof LaneException lane ? lane.retryable() : ((JobRefused) end).retryable();
      assertThat(retryable).as(end.toString()).isTrue();
    }
    // A caller who asks at once is answered, or told plainly to come again.
    Reply reply = new Gateway(home).chat(HELLO);
    if (reply.status() == 200) {
      assertAnswer(reply, "compared");
    } else {
      assertThat(reply.status()).as(reply.toString()).isIn(502, 503);
      assertThat(reply.body().path("error").path("code").asString())
          .as(reply.toString())
          .matches("lane_.*|no_lane");
    }
    awaitReady();
    assertAnswer(new Gateway(home).chat(HELLO), "compared");
    assertAnswer(new Gateway(home).chat(PASSIVE_HELLO), "passive");
  }

  /** Ready, with both lanes: a supervisor may not have noticed yet that a process has gone. */
  private static PlatformStatus awaitReady() throws Exception {
    long start = System.nanoTime();
    while (true) {
      PlatformStatus status = Control.read(home.platform()).flatMap(Control::status).orElseThrow();
      boolean alive =
          status.processes().stream()
              .allMatch(p -> ProcessHandle.of(p.pid()).filter(ProcessHandle::isAlive).isPresent());
      if (alive && status.state() == State.READY) {
        return status;
      }
      assertThat(System.nanoTime() - start).as(status.json()).isLessThan(PATIENCE_NANOS);
      pause();
    }
  }

  private static void pause() throws InterruptedException {
    boolean _ = new CountDownLatch(1).await(300, TimeUnit.MILLISECONDS);
  }
}
