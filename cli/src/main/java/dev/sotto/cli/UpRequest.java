package dev.sotto.cli;

import dev.sotto.launch.UpPlan;
import dev.sotto.models.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shall run, before its shards are there.
 *
 * @param model as the user names it
 * @param stages into how many it is cut
 * @param lanes how many
 * @param port of the gateway
 * @param portFixed whether only that port will do
 * @param auditPercent of the time, for audits
 * @param kafka an external broker
 * @param postgres an external database server
 * @param apart whether each platform service has a process of its own
 */
record UpRequest(
    String model,
    int stages,
    int lanes,
    int port,
    boolean portFixed,
    int auditPercent,
    UpPlan.@Nullable Kafka kafka,
    UpPlan.@Nullable Postgres postgres,
    boolean apart) {
  /** What {@code up} starts if nobody says otherwise. */
  static UpRequest usual() {
    return new UpRequest(
        ModelNames.DEFAULT,
        1,
        1,
        UpPlan.DEFAULT_PORT,
        false,
        UpPlan.DEFAULT_AUDIT_PERCENT,
        null,
        null,
        false);
  }

  /** What was started last time. */
  static UpRequest again(UpPlan plan) {
    return new UpRequest(
        plan.source(),
        plan.stages(),
        plan.lanes().size(),
        plan.port(),
        plan.portFixed(),
        plan.auditPercent(),
        plan.kafka(),
        plan.postgres(),
        plan.apart());
  }

  /**
   * Cuts the shards that are missing: each lane has its own sharing of the model. Writes the known
   * answers that audits need.
   */
  UpPlan provision(Home home, ProgressLine progress) throws IOException {
    List<String> folders = new ArrayList<>();
    for (int lane = 1; lane <= lanes; lane++) {
      Provisioning provisioning = new Provisioning(model, home, stages, "lane-" + lane);
      ShardSet shards = provisioning.ensure(progress);
      if (lane == 1 && auditPercent > 0) {
        Path _ = KnownAnswers.beside(shards, model, home, progress);
      }
      folders.add(shards.folder().toString());
    }
    return new UpPlan(
        ShardFolders.name(model),
        model,
        stages,
        folders,
        port,
        portFixed,
        auditPercent,
        kafka,
        postgres,
        apart);
  }
}
