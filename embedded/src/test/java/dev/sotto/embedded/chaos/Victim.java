package dev.sotto.embedded.chaos;

import java.util.Locale;

/** Who is killed. */
enum Victim {
  POSTGRES,
  KAFKA,
  GATEWAY,
  ORCHESTRATION,
  BILLING,
  VERIFICATION,
  /** The four services in one process. */
  PLATFORM,
  DEALER,
  EVALUATOR_0,
  EVALUATOR_1,
  /** Who watches the others; somebody must say {@code up} again. */
  SUPERVISOR,
  /** Everything at one instant; somebody must say {@code up} again. */
  MACHINE;

  /** The process's name in the status. */
  String process() {
    String name = name().toLowerCase(Locale.ROOT).replace('_', '-');
    return node() ? "lane-1-" + name : name;
  }

  boolean node() {
    return this == DEALER || this == EVALUATOR_0 || this == EVALUATOR_1;
  }

  /** Whether the platform comes back only when it is started. */
  boolean takesTheSupervisor() {
    return this == SUPERVISOR || this == MACHINE;
  }
}
