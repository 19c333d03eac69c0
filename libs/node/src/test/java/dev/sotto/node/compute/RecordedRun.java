package dev.sotto.node.compute;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardHeader;
import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.digest.Digest;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.mpc.function.RingPlan;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.nn.Step;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.VectorKernels;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The program of all roles for a prompt and what follows it, with all that each role receives. */
final class RecordedRun {
  private static final int WAIT_SECONDS = 300;
  private static final int BLOCK = 16;

  private final Map<Role, ByteArrayOutputStream> received = new EnumMap<>(Role.class);
  private final BlockingQueue<byte[]> toFirst = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> toSecond = new LinkedBlockingQueue<>();
  private final BlockingQueue<byte[]> dealt = new LinkedBlockingQueue<>();
  private final BlockingQueue<long[]> lookedUp = new LinkedBlockingQueue<>();
  private final Map<Role, Shard> shards;
  private final RingPlan plan;
  private final Map<Pair, byte[]> keys;
  private final Map<Role, List<List<byte[]>>> lookUpKeys = new EnumMap<>(Role.class);
  private final Map<Role, List<StageProgram.Output.Logits>> outputs = new ConcurrentHashMap<>();
  private final Map<Role, IntSupplier> serials = new ConcurrentHashMap<>();
  private final Map<Role, long[]> digests = new ConcurrentHashMap<>();
  private byte @Nullable [] digestSeed;
  private Liar liar = new Liar() {};
  private final int[][] steps;

  /**
   * A run, not yet run.
   *
   * @param keys of the session's streams
   * @param random for look-up keys
   * @param steps their tokens
   */
  RecordedRun(
      Map<Role, Shard> shards,
      RingPlan plan,
      Map<Pair, byte[]> keys,
      SecureRandom random,
      int[]... steps) {
    this.shards = shards;
    this.plan = plan;
    this.keys = keys;
    this.steps = steps;
    for (Role role : Role.values()) {
      received.put(role, new ByteArrayOutputStream());
      lookUpKeys.put(role, new ArrayList<>());
    }
    int vocab = shard(Role.DEALER).header().config().vocab();
    LookUpKeys lookUp = new LookUpKeys(vocab);
    for (int[] tokens : steps) {
      Map<Role, List<byte[]>> step = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        step.put(role, new ArrayList<>());
      }
      for (int token : tokens) {
        lookUp
            .generate(token, random)
            .forEach((role, k) -> Objects.requireNonNull(step.get(role)).addAll(k));
      }
      step.forEach((role, k) -> Objects.requireNonNull(lookUpKeys.get(role)).add(k));
    }
  }

  /** What a role that lies does differently; this one does nothing. */
  interface Liar {
    /** Changes what a role holds after a step, before it is kept or sent. */
    default StageProgram.Output.Logits output(
        Role role, int serial, StageProgram.Output.Logits honest) {
      return honest;
    }

    /** Changes what a role sends to another. */
    default byte[] sends(Role role, int serial, byte[] honest) {
      return honest;
    }
  }

  /** Somebody lies. */
  RecordedRun with(Liar who) {
    liar = who;
    return this;
  }

  /** All steps are digested at the end, with this seed and no pad. */
  RecordedRun digestedBy(byte[] seed) {
    digestSeed = seed;
    return this;
  }

  /** The digests of all steps, put together. [steps, bits] */
  long[] digest() {
    long[] all = Objects.requireNonNull(digests.get(Role.EVALUATOR_0)).clone();
    long[] other = Objects.requireNonNull(digests.get(Role.EVALUATOR_1));
    for (int i = 0; i < all.length; i++) {
      all[i] ^= other[i];
    }
    return all;
  }

  /** The logits of a step, as words that are not reduced. */
  long[] logits(int serial) {
    return opened(serial, StageProgram.Output.Logits::share);
  }

  /** The final state of a step, as words that are not reduced: for measurements. */
  long[] state(int serial) {
    return opened(serial, StageProgram.Output.Logits::state);
  }

  private long[] opened(int serial, Function<StageProgram.Output.Logits, Share> part) {
    long[] sum =
        part.apply(Objects.requireNonNull(outputs.get(Role.EVALUATOR_0)).get(serial))
            .words()
            .clone();
    long[] other =
        part.apply(Objects.requireNonNull(outputs.get(Role.EVALUATOR_1)).get(serial)).words();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
    return sum;
  }

  private Shard shard(Role role) {
    return Objects.requireNonNull(shards.get(role));
  }

  private void receives(Role role, byte[] bytes) {
    ByteArrayOutputStream all = Objects.requireNonNull(received.get(role));
    synchronized (all) {
      all.writeBytes(bytes);
    }
  }

  /** Runs all steps; the logits' shares of the last one are added for the check that it worked. */
  long[] run() throws Exception {
    try (ExecutorService threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory())) {
      Map<Role, Future<?>> running = new EnumMap<>(Role.class);
      for (Role role : Role.values()) {
        outputs.put(role, new ArrayList<>());
        running.put(role, threads.submit(() -> program(role)));
      }
      for (Future<?> r : running.values()) {
        r.get(WAIT_SECONDS, TimeUnit.SECONDS);
      }
      return logits(steps.length - 1);
    }
  }

  private void program(Role role) {
    Map<Pair, byte[]> own = new EnumMap<>(Pair.class);
    keys.forEach(
        (pair, key) -> {
          if (pair.has(role)) {
            own.put(pair, key);
          }
        });
    Streams streams = new AesStreams(own);
    Channel channel =
        switch (role) {
          case DEALER -> null;
          case EVALUATOR_0 -> channel(role, toSecond, toFirst);
          case EVALUATOR_1 -> channel(role, toFirst, toSecond);
        };
    Dealings dealings =
        switch (role) {
          case DEALER -> dealer();
          case EVALUATOR_0 -> new Dealings.None();
          case EVALUATOR_1 -> taker();
        };
    Session session = new Session(role, streams, new VectorKernels(), channel, dealings);
    StepDigests stepDigests =
        new StepDigests(
            session,
            streams,
            shard(role).header().config(),
            channel,
            dealings instanceof Dealings.Out out ? out : null);
    serials.put(role, session::serial);
    StageProgram program =
        new StageProgram(
            session,
            shard(role).header(),
            new StageWeights(shard(role)),
            plan,
            new MaskProducts(session, 4));
    int position = 0;
    for (int serial = 0; serial < steps.length; serial++) {
      List<byte[]> given = Objects.requireNonNull(lookUpKeys.get(role)).get(serial);
      given.forEach(key -> receives(role, uniform(key)));
      Step step = new Step(serial, position, steps[serial].length);
      position += steps[serial].length;
      StageProgram.Input input = new StageProgram.Input.Nothing();
      if (role == Role.DEALER) {
        StageWeights weights = new StageWeights(shard(role));
        lookedUp.add(StageProgram.dealerPart(session, weights, streams.reader(), serial, given));
      } else {
        input = new StageProgram.Input.Keys(given, this::fromDealer);
      }
      if (!(program.run(step, true, input) instanceof StageProgram.Output.Logits honest)) {
        throw new IllegalStateException("a step of one stage has logits");
      }
      if (role.evaluates()) {
        StageProgram.Output.Logits out = liar.output(role, serial, honest);
        Objects.requireNonNull(outputs.get(role)).add(out);
        if (digestSeed != null) {
          stepDigests.keep(out);
        }
      } else if (digestSeed != null) {
        stepDigests.deal();
      }
    }
    if (digestSeed != null && role.evaluates()) {
      int bits = Digest.bits(StepDigests.points(shard(role).header().config()));
      digests.put(role, stepDigests.digest(digestSeed, 0, steps.length, step -> new long[bits]));
    }
  }

  /** A look-up key without the bits that are zero in every key: all but one of a sign's. */
  private static byte[] uniform(byte[] key) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (key.length == 1) {
      return out.toByteArray();
    }
    int levels = (key.length - 1 - 2 * BLOCK) / (BLOCK + 1);
    out.write(key, 1, BLOCK);
    for (int l = 0; l < levels; l++) {
      // The lowest bit of a seed's correction is zero too: leave out the byte that holds it.
      out.write(key, 1 + BLOCK + l * (BLOCK + 1) + 1, BLOCK - 1);
    }
    out.write(key, key.length - BLOCK, BLOCK);
    return out.toByteArray();
  }

  private long[] fromDealer(int count) {
    long[] words = await(lookedUp);
    ShardHeader header = shard(Role.EVALUATOR_1).header();
    int ring = TokenLookUp.ring(StageProgram.embeddingWholeBits(header));
    byte[] packed = new byte[BitPacker.bytes(count, ring)];
    BitPacker.pack(words, 0, count, ring, packed, 0);
    receives(Role.EVALUATOR_1, packed);
    return words;
  }

  private Channel channel(Role self, BlockingQueue<byte[]> out, BlockingQueue<byte[]> in) {
    return new Channel() {
      @Override
      public void send(byte[] bytes, int length) {
        out.add(lied(self, java.util.Arrays.copyOf(bytes, length)));
      }

      @Override
      public void receive(byte[] bytes, int length) {
        byte[] message = await(in);
        receives(self, message);
        System.arraycopy(message, 0, bytes, 0, length);
      }
    };
  }

  private byte[] lied(Role role, byte[] honest) {
    return liar.sends(role, Objects.requireNonNull(serials.get(role)).getAsInt(), honest);
  }

  private Dealings.Out dealer() {
    return new Dealings.Out() {
      @Override
      public void put(byte[] bytes, int from, int length) {
        dealt.add(lied(Role.DEALER, java.util.Arrays.copyOfRange(bytes, from, from + length)));
      }

      @Override
      public void flush() {}
    };
  }

  /** A stream, as the real stock is: what is taken at once may have been put in pieces. */
  private Dealings.In taker() {
    ByteArrayOutputStream held = new ByteArrayOutputStream();
    return (bytes, from, length) -> {
      while (held.size() < length) {
        byte[] message = await(dealt);
        receives(Role.EVALUATOR_1, message);
        held.writeBytes(message);
      }
      byte[] all = held.toByteArray();
      System.arraycopy(all, 0, bytes, from, length);
      held.reset();
      held.write(all, length, all.length - length);
    };
  }

  private static <T> T await(BlockingQueue<T> queue) {
    try {
      T message = queue.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IllegalStateException("a role waits in vain");
      }
      return message;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The masked payloads that a role received, one after the other. */
  byte[] received(Role role) {
    return Objects.requireNonNull(received.get(role)).toByteArray();
  }
}
