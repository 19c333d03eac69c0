package dev.sotto.cli.bench;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import dev.sotto.ring.VectorKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;

/** Each protocol by itself: three seats in this process, joined by memory. */
final class ProtocolFigures implements Measurement {
  private static final String PREFIX = "protocol.";
  private static final int WARM_UPS = 20;

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (ProtocolCase c : ProtocolCase.values()) {
      String name = PREFIX + c.label();
      entries.add(new Entry(name, c.about() + "; three seats in one process, all of them done"));
      entries.add(new Entry(name + ".rounds", "rounds of it"));
      entries.add(new Entry(name + ".dealt", "bytes from the dealer to evaluator-1"));
      entries.add(new Entry(name + ".opened", "bytes from each evaluator to the other"));
    }
    return entries;
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) {
    for (ProtocolCase c : ProtocolCase.values()) {
      setting.progress().accept("measuring protocol " + c.label());
      try (Seats seats = new Seats(setting.seed(), new VectorKernels())) {
        CyclicBarrier together = new CyclicBarrier(Role.values().length);
        double[] seconds = new double[setting.runs()];
        Claim cost = Claim.LOCAL;
        for (int run = -WARM_UPS; run < seconds.length; run++) {
          int serial = run + WARM_UPS;
          Map<Role, Span> spans = seats.run(seat -> run(c, seat, serial, together));
          if (run >= 0) {
            seconds[run] = Span.over(spans) / 1e9;
          }
          Span at1 = spans.get(Role.EVALUATOR_1);
          cost = at1 == null ? cost : at1.cost;
        }
        String name = PREFIX + c.label();
        figures.accept(Figure.of(name, Runs.of(seconds), "s"));
        figures.accept(Figure.count(name + ".rounds", cost.rounds(), "1"));
        figures.accept(Figure.count(name + ".dealt", cost.dealt(), "B"));
        figures.accept(Figure.count(name + ".opened", cost.opened(), "B"));
      }
    }
  }

  private static Span run(ProtocolCase c, Session seat, int serial, CyclicBarrier together)
      throws Exception {
    seat.begin(serial);
    Scope at = seat.step("inputs", "protocol");
    Runnable protocol = c.at(at);
    seat.end();
    together.await();
    String part = "run " + serial;
    seat.step(part, "protocol");
    long from = System.nanoTime();
    protocol.run();
    seat.end();
    long to = System.nanoTime();
    return new Span(from, to, Objects.requireNonNull(seat.meter().parts().get(part)).claim());
  }

  /** When a role ran, and what its meter counted. */
  private record Span(long from, long to, Claim cost) {
    static long over(Map<Role, Span> spans) {
      long from = spans.values().stream().mapToLong(Span::from).min().orElse(0);
      return spans.values().stream().mapToLong(span -> span.to - from).max().orElse(0);
    }
  }
}
