package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.PartialResult;
import dev.sotto.contracts.SealedResults;
import dev.sotto.contracts.SealedStep;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.testing.Http.Answer;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results in the names of nodes, by somebody who has no node's key. */
class ForgedResultsTest {
  @TempDir private Path folder;
  private TestGateway gateway;
  private ScriptedPlatform platform;

  @BeforeEach
  void start() {
    gateway = TestGateway.start(folder, Map.of());
    platform = new ScriptedPlatform(DisposableData.kafka().bootstrap());
  }

  @AfterEach
  void stop() {
    platform.close();
    gateway.close();
  }

  @Test
  void whoMayWriteToTheBrokerDoesNotSpeakForANode() {
    JobId job = Lanes.job();
    Answer opened =
        gateway
            .http()
            .post(
                "/v1/sealed/jobs", SealedApiTest.asking(job, 5, 7, Instant.now().plusSeconds(120)));
    assertThat(opened.status()).isEqualTo(200);
    JobId before = Lanes.job();
    double dropped = unsigned();
    platform.onStep =
        step -> {
          List<PartialResult> all = Lanes.results(step);
          PartialResult one = all.getFirst();
          Failure failure = new Failure(job, Failure.Code.PEER_CHEATED, "evaluator-1 cheated");
          PartialResult forged = SealedApiTest.failed(one, failure);
          SigningKey liar = SigningKey.create();
          SealedStep earlier = Lanes.step(before, step.serial());
          Octets replayed = Lanes.results(earlier).getFirst().signature();
          List<PartialResult> said = new ArrayList<>();
          said.add(forged); // not signed
          said.add(forged.signed(liar.publicHex(), Lanes.lane().digest(), liar::sign));
          said.add(signedAs(forged, one.signature())); // with a signature of something else
          said.add(signedAs(SealedApiTest.failed(one, failure), replayed));
          said.addAll(all);
          return said;
        };
    SealedResults results =
        SealedResults.decode(
            gateway
                .http()
                .put("/v1/sealed/jobs/" + job + "/steps/0", Lanes.step(job, 0).encode())
                .raw()
                .body());
    assertThat(results.results()).hasSize(3);
    assertThat(results.results())
        .allMatch(result -> result.outcome() instanceof PartialResult.Outcome.Sealed);
    assertThat(unsigned() - dropped).isEqualTo(4);
  }

  private static PartialResult signedAs(PartialResult result, Octets signature) {
    return new PartialResult(
        result.jobId(),
        result.laneId(),
        result.stage(),
        result.role(),
        result.serial(),
        result.usage(),
        result.outcome(),
        signature);
  }

  private double unsigned() {
    return gateway
        .context()
        .getBean(MeterRegistry.class)
        .get("sotto.records.unsigned")
        .counter()
        .count();
  }
}
