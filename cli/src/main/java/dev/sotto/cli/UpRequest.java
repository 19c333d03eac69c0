package dev.sotto.cli;

import dev.sotto.launch.UpPlan;
import java.nio.file.Path;
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
   * What a supervisor is told.
   *
   * @param folders of shards, one for each lane
   */
  UpPlan plan(List<Path> folders) {
    return new UpPlan(
        ShardFolders.name(model),
        model,
        stages,
        folders.stream().map(Path::toString).toList(),
        port,
        portFixed,
        auditPercent,
        kafka,
        postgres,
        apart);
  }
}
