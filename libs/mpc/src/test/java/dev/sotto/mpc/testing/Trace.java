package dev.sotto.mpc.testing;

import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Streams;
import dev.sotto.ring.BitPacker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What every role drew and sent in one run, in its own order. */
public final class Trace implements Three.Listener {
  /** Where a stream is drawn: once by each role of the pair. */
  public record Place(Pair pair, long domain, int serial) {}

  private sealed interface Event {}

  private record Draw(Place place, int ring, int count) implements Event {}

  private record Sent(byte[] bytes) implements Event {}

  /** Words that a role received, and the draw that is their pad, of at least as many bits. */
  public record Message(Place pad, int padRing, int ring, boolean dealt, long[] words) {}

  private final Map<Role, List<Event>> events = new EnumMap<>(Role.class);
  private final Map<Role, Set<Place>> drawn = new EnumMap<>(Role.class);

  /** An empty trace. */
  public Trace() {
    for (Role role : Role.values()) {
      events.put(role, new ArrayList<>());
      drawn.put(role, new HashSet<>());
    }
  }

  private static <V> V of(Map<Role, V> byRole, Role role) {
    return Objects.requireNonNull(byRole.get(role));
  }

  @Override
  public void sends(Role role, byte[] bytes) {
    of(events, role).add(new Sent(bytes));
  }

  /**
   * Streams of one role whose draws are kept. A place that is read again (a mask's product with a
   * matrix) is not a second draw.
   */
  public Streams streams(Role role, Streams streams) {
    return new Streams() {
      @Override
      public void words(
          Pair pair, long domain, int serial, int ring, long[] out, int from, int count) {
        Place place = new Place(pair, domain, serial);
        if (of(drawn, role).add(place)) {
          of(events, role).add(new Draw(place, ring, count));
        }
        streams.words(pair, domain, serial, ring, out, from, count);
      }

      @Override
      public Streams reader() {
        return streams(role, streams.reader());
      }
    };
  }

  /** All bytes that a role sent, message by message. */
  public List<byte[]> sent(Role role) {
    return of(events, role).stream()
        .filter(Sent.class::isInstance)
        .map(e -> ((Sent) e).bytes)
        .toList();
  }

  /** How many words a role drew of a pair, by place. */
  public Map<Place, Integer> draws(Pair pair, Role by) {
    Map<Place, Integer> draws = new HashMap<>();
    for (Event e : of(events, by)) {
      if (e instanceof Draw d && d.place.pair == pair) {
        draws.put(d.place, d.count);
      }
    }
    return draws;
  }

  /**
   * What an evaluator received, in the order of the program, each message with the draw of the pair
   * that the evaluator does not belong to. Every such draw must pad exactly one message.
   */
  public List<Message> received(Role observed) {
    Pair unknown = observed == Role.EVALUATOR_1 ? Pair.DEALER_EVALUATOR_0 : Pair.DEALER_EVALUATOR_1;
    Role other = observed == Role.EVALUATOR_1 ? Role.EVALUATOR_0 : Role.EVALUATOR_1;
    Map<Place, Message> byPad = new LinkedHashMap<>();
    Set<Place> opened = new HashSet<>();
    List<Draw> order = new ArrayList<>();
    Pair both = observed == Role.EVALUATOR_1 ? Pair.DEALER_EVALUATOR_1 : unknown;
    for (Event e : of(events, Role.DEALER)) {
      switch (e) {
        case Draw d -> {
          if (d.place.pair == unknown) {
            order.add(d);
          }
          if (d.place.pair == both) {
            opened.add(new Place(unknown, d.place.domain, d.place.serial));
          }
        }
        case Sent s -> {
          if (observed == Role.EVALUATOR_1) {
            Draw pad = order.getLast();
            add(byPad, pad, true, s.bytes, 0, s.bytes.length);
          }
        }
      }
    }
    List<Draw> round = new ArrayList<>();
    for (Event e : of(events, other)) {
      switch (e) {
        case Draw d -> {
          if (opened.contains(d.place)) {
            round.add(d);
          }
        }
        case Sent s -> {
          int at = 0;
          for (Draw d : round) {
            int n = BitPacker.bytes(d.count, d.ring);
            add(byPad, d, false, s.bytes, at, n);
            at += n;
          }
          if (at != s.bytes.length) {
            throw new AssertionError("a round sends what no pad of its own covers");
          }
          round.clear();
        }
      }
    }
    return order.stream()
        .map(
            d -> {
              Message m = byPad.get(d.place);
              if (m == null) {
                throw new AssertionError("a draw of the unknown pair pads nothing");
              }
              return m;
            })
        .toList();
  }

  private static void add(
      Map<Place, Message> byPad, Draw pad, boolean dealt, byte[] bytes, int at, int length) {
    int ring = pad.ring;
    while (ring > 1 && BitPacker.bytes(pad.count, ring) > length) {
      ring--; // a pad may be wider than what is sent under it
    }
    if (BitPacker.bytes(pad.count, ring) != length) {
      throw new AssertionError("a pad has another length than its message");
    }
    long[] words = new long[pad.count];
    BitPacker.unpack(Arrays.copyOfRange(bytes, at, at + length), 0, pad.count, ring, words, 0);
    Message message = new Message(pad.place, pad.ring, ring, dealt, words);
    if (byPad.put(pad.place, message) != null) {
      throw new AssertionError("one pad covers two messages");
    }
  }
}
