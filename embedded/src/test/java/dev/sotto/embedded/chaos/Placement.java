package dev.sotto.embedded.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;

/**
 * One kill.
 *
 * @param apart whether each service has a process of its own
 * @param victim who is killed
 * @param moment when
 * @param caller whose job it is
 */
record Placement(boolean apart, Victim victim, Moment moment, Caller caller) {
  /** Whose job it is. */
  enum Caller {
    /** An enclave of its own, over the sealed API. */
    SEALED,
    /** An HTTPS client that streams; its enclave is in the gateway. */
    PLAIN
  }

  private static final Set<Moment> SEALED =
      EnumSet.of(Moment.REQUESTED, Moment.PLACED, Moment.DECODE, Moment.ANSWERED, Moment.CLOSING);

  private static final Set<Victim> BOTH =
      EnumSet.of(
          Victim.POSTGRES,
          Victim.KAFKA,
          Victim.GATEWAY,
          Victim.ORCHESTRATION,
          Victim.PLATFORM,
          Victim.EVALUATOR_0);

  /** All of them. */
  static List<Placement> all() {
    List<Placement> all = new ArrayList<>();
    for (Victim victim : Victim.values()) {
      boolean apart = victim != Victim.PLATFORM;
      if (victim.takesTheSupervisor()) {
        all.add(new Placement(apart, victim, Moment.DECODE, Caller.SEALED));
        all.add(new Placement(apart, victim, Moment.SETTLING, Caller.SEALED));
        continue;
      }
      for (Moment moment : Moment.values()) {
        Caller usual = SEALED.contains(moment) ? Caller.SEALED : Caller.PLAIN;
        all.add(new Placement(apart, victim, moment, usual));
      }
      if (BOTH.contains(victim)) {
        all.add(new Placement(apart, victim, Moment.PREFILL, Caller.SEALED));
        all.add(new Placement(apart, victim, Moment.DECODE, Caller.PLAIN));
      }
    }
    all.sort(Comparator.comparing(Placement::apart)); // stable: each platform is started once
    return List.copyOf(all);
  }

  /** Some of them, in the same order. */
  static List<Placement> sample(int count, long seed) {
    List<Placement> shuffled = new ArrayList<>(all());
    Collections.shuffle(shuffled, new Random(seed));
    Set<Placement> drawn = Set.copyOf(shuffled.subList(0, Math.min(count, shuffled.size())));
    return all().stream().filter(drawn::contains).toList();
  }

  /** Those of some victims, by name. */
  static List<Placement> of(List<String> victims) {
    List<Victim> named =
        victims.stream().map(name -> Victim.valueOf(name.toUpperCase(Locale.ROOT))).toList();
    return all().stream().filter(one -> named.contains(one.victim())).toList();
  }

  @Override
  public String toString() {
    return "%s killed at %s of a %s job"
        .formatted(
            victim.name().toLowerCase(Locale.ROOT),
            moment.name().toLowerCase(Locale.ROOT),
            caller.name().toLowerCase(Locale.ROOT));
  }
}
