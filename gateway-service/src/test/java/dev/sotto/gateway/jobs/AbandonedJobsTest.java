package dev.sotto.gateway.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.platform.JobRequest;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobFinishRequested;
import dev.sotto.contracts.event.JobFinishRequested.Reason;
import dev.sotto.disposable.DisposableData;
import dev.sotto.gateway.keys.Caller.KeyHolder;
import dev.sotto.gateway.keys.KeyDirectory;
import dev.sotto.gateway.testing.Lanes;
import dev.sotto.gateway.testing.ScriptedPlatform;
import dev.sotto.gateway.testing.TestGateway;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose enclave died with its gateway. */
class AbandonedJobsTest {
  @TempDir Path folder;

  @Test
  void areEndedByWhicheverGatewayLives() throws InterruptedException {
    try (TestGateway gateway = TestGateway.start(folder, Map.of());
        ScriptedPlatform platform = new ScriptedPlatform(DisposableData.kafka().bootstrap())) {
      KeyHolder owner =
          gateway.context().getBean(KeyDirectory.class).find(gateway.key()).orElseThrow();
      JobTable table = gateway.context().getBean(JobTable.class);
      JobId left = request(table, owner, UUID.randomUUID());
      request(table, owner, gateway.context().getBean(JobsConfiguration.Instance.class).id());
      request(table, owner, null);
      JobFinishRequested finish = platform.finish();
      assertThat(finish.jobId()).isEqualTo(left.toString());
      assertThat(finish.reason()).isEqualTo(Reason.ABANDONED);
      TestGateway.until(
          () -> gateway.http().get("/v1/jobs/" + left).text("/status").equals("failed"));
      assertThat(platform.finishes).isEmpty();
    }
  }

  private static JobId request(JobTable table, KeyHolder owner, @Nullable UUID host) {
    JobId job = Lanes.job();
    JobRequest request =
        new JobRequest(
            job, TestGateway.MODEL, Protection.PASSIVE, 3, 3, Instant.now().plusSeconds(300));
    assertThat(table.request(owner, request, "ab".repeat(32), host)).isTrue();
    return job;
  }
}
