package dev.sotto.cli.bench;

import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Scope;
import dev.sotto.mpc.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Each protocol by itself: three seats in this process, joined by memory. */
final class ProtocolFigures implements Measurement {
  private static final String PREFIX = "protocol.";
  private static final int MOST_WARM_UPS = 400;
  private static final long WARM_NANOS = 400_000_000;

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

  private static Stream<String> names(ProtocolCase c) {
    return Stream.of("", ".rounds", ".dealt", ".opened").map(end -> PREFIX + c.label() + end);
  }

  @Override
  public void measure(Setting setting, Consumer<Figure> figures) {
    for (ProtocolCase c : ProtocolCase.values()) {
      if (names(c).noneMatch(setting.wanted())) {
        continue;
      }
      setting.progress().accept("measuring protocol " + c.label());
      try (Seats seats = new Seats(setting.seed(), setting.kernels())) {
        CyclicBarrier together = new CyclicBarrier(Role.values().length);
        int serial = 0;
        long warm = System.nanoTime();
        while (serial < MOST_WARM_UPS && System.nanoTime() - warm < WARM_NANOS) {
          once(c, seats, serial++, together);
        }
        double[] seconds = new double[setting.runs()];
        Claim cost = Claim.LOCAL;
        for (int run = 0; run < seconds.length; run++) {
          Map<Role, Span> spans = once(c, seats, serial++, together);
          seconds[run] = Span.over(spans) / 1e9;
          cost = Objects.requireNonNull(spans.get(Role.EVALUATOR_1)).cost;
        }
        String name = PREFIX + c.label();
        figures.accept(Figure.of(name, Runs.of(seconds), "s"));
        figures.accept(Figure.count(name + ".rounds", cost.rounds(), "1"));
        figures.accept(Figure.count(name + ".dealt", cost.dealt(), "B"));
        figures.accept(Figure.count(name + ".opened", cost.opened(), "B"));
      }
    }
  }

  private static Map<Role, Span> once(
      ProtocolCase c, Seats seats, int serial, CyclicBarrier together) {
    return seats.run(seat -> run(c, seat, serial, together));
  }

  private static Span run(ProtocolCase c, Session seat, int serial, CyclicBarrier together)
      throws Exception {
    seat.begin(serial);
    Scope at = seat.step("inputs", "protocol");
    Runnable protocol = c.at(at);
    seat.end();
    together.await();
    Claim before = seat.meter().total().claim();
    long from = System.nanoTime();
    protocol.run();
    seat.end();
    long to = System.nanoTime();
    return new Span(from, to, difference(seat.meter().total().claim(), before));
  }

  private static Claim difference(Claim after, Claim before) {
    return new Claim(
        after.rounds() - before.rounds(),
        after.dealt() - before.dealt(),
        after.opened() - before.opened(),
        after.forwarded() - before.forwarded());
  }

  /** When a role ran, and what its meter counted. */
  private record Span(long from, long to, Claim cost) {
    static long over(Map<Role, Span> spans) {
      long from = spans.values().stream().mapToLong(Span::from).min().orElse(0);
      return spans.values().stream().mapToLong(span -> span.to - from).max().orElse(0);
    }
  }
}
