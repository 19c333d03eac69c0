package dev.sotto.cli.bench;

import dev.sotto.mpc.Meter;
import dev.sotto.mpc.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The whole model by part: processor time of each role's own thread, rounds and bytes. The seats
 * are in this process, so that links and waiting do not count.
 */
final class PartFigures implements Measurement {
  /** What a meter counts under a name that is not listed here. */
  private static final String OTHER = "other";

  private static final List<String> PARTS =
      List.of(
          "embed",
          "norm1",
          "qkv",
          "rope",
          "attention",
          "scores",
          "max",
          "exp",
          "attend",
          "o",
          "norm2",
          "gate_up",
          "silu",
          "down",
          "norm",
          "logits",
          OTHER);

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      for (String part : PARTS) {
        String name = name(phase, part);
        entries.add(new Entry(name, "processor time of all roles in " + part + ", " + phase.about));
        for (Role role : Role.values()) {
          entries.add(new Entry(name + "." + label(role), "the same, of that role"));
        }
        entries.add(new Entry(name + ".rounds", "rounds in " + part + ", " + phase.about));
        entries.add(new Entry(name + ".dealt", "bytes from the dealer"));
        entries.add(new Entry(name + ".opened", "bytes from each evaluator to the other"));
      }
    }
    return entries;
  }

  /** Which steps are added up. */
  private enum Phase {
    DECODE("a token with 128 cached"),
    PREFILL("a prompt of 128");

    private final String about;

    Phase(String about) {
      this.about = about;
    }
  }

  private static String name(Phase phase, String part) {
    return phase.name().toLowerCase(Locale.ROOT) + ".part." + part;
  }

  static String label(Role role) {
    return switch (role) {
      case DEALER -> "dealer";
      case EVALUATOR_0 -> "evaluator0";
      case EVALUATOR_1 -> "evaluator1";
    };
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) throws IOException {
    try (OpenShards shards = new OpenShards(setting.subject().shards())) {
      setting.progress().accept("warming up for the parts");
      new InProcessJob(shards, setting.seed(), setting.kernels()).run();
      setting.progress().accept("measuring by part");
      Map<Role, InProcessJob.Spent> spent =
          new InProcessJob(shards, setting.seed() + 1, setting.kernels()).run();
      for (Phase phase : Phase.values()) {
        for (String part : PARTS) {
          tell(phase, part, spent, figures);
        }
      }
    }
  }

  private static void tell(
      Phase phase, String part, Map<Role, InProcessJob.Spent> spent, Consumer<Figure> figures) {
    int steps = phase == Phase.DECODE ? InProcessJob.STEPS : 1;
    String name = name(phase, part);
    double total = 0;
    List<Figure> more = new ArrayList<>();
    for (Map.Entry<Role, InProcessJob.Spent> of : spent.entrySet()) {
      Cost cost = phase == Phase.DECODE ? of.getValue().decode(part) : of.getValue().prefill(part);
      total += cost.nanos() / 1e9 / steps;
      more.add(Figure.of(name + "." + label(of.getKey()), cost.nanos() / 1e9 / steps, "s"));
      if (of.getKey() == Role.EVALUATOR_1) {
        more.add(Figure.of(name + ".rounds", (double) cost.rounds() / steps, "1"));
        more.add(Figure.of(name + ".dealt", (double) cost.dealt() / steps, "B"));
        more.add(Figure.of(name + ".opened", (double) cost.opened() / steps, "B"));
      }
    }
    figures.accept(Figure.of(name, total, "s"));
    more.forEach(figures);
  }

  /** Of a meter's part, the name under which it is told. */
  static String listed(String part) {
    return PARTS.contains(part) ? part : OTHER;
  }

  /** What a meter had counted of a part at some moment. */
  record Cost(long nanos, int rounds, long dealt, long opened) {
    static final Cost NONE = new Cost(0, 0, 0, 0);

    static Cost of(Meter.Count count) {
      return new Cost(count.nanos(), count.rounds(), count.dealt(), count.opened());
    }

    Cost plus(Cost more) {
      return new Cost(
          nanos + more.nanos, rounds + more.rounds, dealt + more.dealt, opened + more.opened);
    }

    Cost minus(Cost before) {
      return new Cost(
          nanos - before.nanos,
          rounds - before.rounds,
          dealt - before.dealt,
          opened - before.opened);
    }
  }
}
