package dev.sotto.shard;

import static dev.sotto.shard.testing.SmallModel.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.NodeAnnounced.State;
import dev.sotto.disposable.DisposableData;
import dev.sotto.nn.ClearRun;
import dev.sotto.shard.testing.Broker;
import dev.sotto.shard.testing.SealedCall;
import dev.sotto.shard.testing.Seat;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.testing.SmallModel;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slots, silence, several stages, health, and configuration that cannot be used. */
class NodeBoundsTest {
  private static final Seat FIRST = new Seat(0, Role.EVALUATOR_0);
  private static final int[] PROMPT = SmallModel.prompt(1, 6);

  @TempDir private Path folder;

  private static String get(SmallLane lane, Seat seat, String path)
      throws IOException, InterruptedException {
    String port =
        Objects.requireNonNull(
            lane.context(seat).getEnvironment().getProperty("local.server.port"));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(30))
              .build();
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }

  @Test
  void aFullNodeSaysSoAndASilentCallerMakesRoom() throws Exception {
    String bootstrap = DisposableData.kafka().bootstrap();
    try (SmallLane lane = new SmallLane(folder, bootstrap, 1);
        Broker broker = new Broker(bootstrap)) {
      lane.start(
          FIRST,
          "--sotto.shard.slots=1",
          "--sotto.shard.peer-patience=6s",
          "--sotto.shard.job-idle=15s");
      assertThat(get(lane, FIRST, "/actuator/health/liveness")).startsWith("200");
      assertThat(get(lane, FIRST, "/actuator/health/readiness"))
          .startsWith("503")
          .contains("not all known");
      for (Seat seat : lane.seats()) {
        if (!seat.equals(FIRST)) {
          lane.start(
              seat,
              "--sotto.shard.slots=1",
              "--sotto.shard.peer-patience=6s",
              "--sotto.shard.job-idle=15s");
        }
      }
      SealedCall silent = new SealedCall(lane, broker, PROMPT.length, 4);
      ClearRun oracle = SmallModel.clear();
      assertClose(silent.run(PROMPT), oracle.logits(PROMPT));
      SealedCall turnedAway = new SealedCall(lane, broker, PROMPT.length, 2);
      turnedAway.send(turnedAway.seal(PROMPT));
      for (Seat seat : lane.seats()) {
        assertThat(turnedAway.failure(seat).code()).isEqualTo(Failure.Code.BUSY);
      }
      assertThat(get(lane, FIRST, "/actuator/health/readiness")).startsWith("200");
      assertThat(get(lane, FIRST, "/actuator/prometheus"))
          .contains("sotto_node_jobs", "sotto_node_step_seconds_count")
          .doesNotContain(silent.id().toString());
      assertThat(silent.failure(FIRST).sentence()).contains("silent");
      assertThat(silent.failure(FIRST).code()).isEqualTo(Failure.Code.PEER_GONE);
    }
  }

  @Test
  void stagesHandOverToEachOther() throws Exception {
    String bootstrap = DisposableData.kafka().bootstrap();
    try (SmallLane lane = new SmallLane(folder, bootstrap, 2).startAll();
        Broker broker = new Broker(bootstrap)) {
      assertThat(lane.seats()).hasSize(6);
      SealedCall call = new SealedCall(lane, broker, PROMPT.length, 3);
      ClearRun oracle = SmallModel.clear();
      assertClose(call.run(PROMPT), oracle.logits(PROMPT));
      for (int token : SmallModel.prompt(2, 2)) {
        assertClose(call.run(token), oracle.logits(token));
      }
      call.close();
      Seat last = new Seat(1, Role.DEALER);
      lane.stop(last);
      assertThat(
              broker
                  .awaitNode(
                      n -> n.identity().equals(lane.identity(last)) && n.state() == State.STOPPED)
                  .stage())
          .isEqualTo(1);
    }
  }

  @Test
  void configurationThatCannotBeUsedIsNamed() throws IOException {
    SmallLane lane = new SmallLane(folder, "127.0.0.1:1", 1);
    for (String wrong : new String[] {"slots=0", "port=70000", "kernels=best", "stage=-1"}) {
      assertThatThrownBy(() -> lane.start(FIRST, "--sotto.shard." + wrong))
          .hasStackTraceContaining(wrong.substring(0, wrong.indexOf('=')));
    }
    assertThatThrownBy(() -> ShardService.run("--sotto.shard.role=king"))
        .hasStackTraceContaining("shardFile")
        .hasStackTraceContaining("role");
  }
}
