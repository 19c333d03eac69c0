package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.models.shard.Shard;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.mpc.AesStreams;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Claim;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Pair;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.nn.Step;
import dev.sotto.node.Node;
import dev.sotto.node.testing.SmallShards;
import dev.sotto.ring.VectorKernels;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Steps of several jobs in one batch, held against the same jobs alone: word for word. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BatchProgramTest {
  // Rows that count and rows that hash, rings of several widths, and a row that goes from one to
  // the other: see Attention.kind.
  private static final int[] PROMPTS = {60, 9, 140, 62, 61};
  private static final int STEPS = 5;

  private final Map<Role, Shard> shards = new EnumMap<>(Role.class);

  @BeforeAll
  void cut(@TempDir Path folder) throws Exception {
    ShardSet set = SmallShards.cut(folder);
    for (Role role : Role.values()) {
      shards.put(role, SmallShards.open(set, role));
    }
  }

  @AfterAll
  void close() {
    shards.values().forEach(Shard::close);
  }

  /** A job's links, in memory, and its random numbers. */
  private static final class Job {
    final Map<Pair, byte[]> keys = new EnumMap<>(Pair.class);
    final BlockingQueue<byte[]> toFirst = new LinkedBlockingQueue<>();
    final BlockingQueue<byte[]> toSecond = new LinkedBlockingQueue<>();
    final BlockingQueue<byte[]> dealt = new LinkedBlockingQueue<>();
    final BlockingQueue<long[]> lookedUp = new LinkedBlockingQueue<>();
    final List<Step> steps = new ArrayList<>();
    final Map<Role, List<List<byte[]>>> lookUps = new EnumMap<>(Role.class);

    Job(int number, int prompt, int vocab) {
      Random random = new Random(100 + number);
      SecureRandom secure = new SecureRandom();
      for (Pair pair : Pair.values()) {
        byte[] key = new byte[16];
        random.nextBytes(key);
        keys.put(pair, key);
      }
      for (Role role : Role.values()) {
        lookUps.put(role, new ArrayList<>());
      }
      LookUpKeys lookUp = new LookUpKeys(vocab);
      int position = 0;
      for (int serial = 0; serial <= STEPS; serial++) {
        int tokens = serial == 0 ? prompt : 1;
        steps.add(new Step(serial, position, tokens));
        position += tokens;
        Map<Role, List<byte[]>> own = new EnumMap<>(Role.class);
        for (int t = 0; t < tokens; t++) {
          lookUp
              .generate(random.nextInt(vocab), secure)
              .forEach((role, k) -> own.computeIfAbsent(role, r -> new ArrayList<>()).addAll(k));
        }
        own.forEach((role, k) -> of(lookUps, role).add(k));
      }
    }
  }

  /** One role's seat in one job. */
  private final class Seat {
    final Job job;
    final Role role;
    final Session session;
    final StageProgram program;

    Seat(Job job, Role role) {
      this.job = job;
      this.role = role;
      Map<Pair, byte[]> own = new EnumMap<>(Pair.class);
      job.keys.forEach(
          (pair, key) -> {
            if (pair.has(role)) {
              own.put(pair, key);
            }
          });
      AesStreams streams = new AesStreams(own);
      this.session =
          switch (role) {
            case DEALER -> new Session(role, streams, new VectorKernels(), null, dealer(job));
            case EVALUATOR_0 ->
                new Session(
                    role,
                    streams,
                    new VectorKernels(),
                    channel(job.toSecond, job.toFirst),
                    new Dealings.None());
            case EVALUATOR_1 ->
                new Session(
                    role,
                    streams,
                    new VectorKernels(),
                    channel(job.toFirst, job.toSecond),
                    taker(job));
          };
      Shard shard = of(shards, role);
      this.program =
          new StageProgram(
              session,
              shard.header(),
              new StageWeights(shard),
              Node.plan(shard.header().config()),
              new MaskProducts(session, 4));
    }

    StageProgram.Input input(int serial) {
      List<byte[]> given = of(job.lookUps, role).get(serial);
      if (role == Role.DEALER) {
        StageWeights weights = new StageWeights(of(shards, role));
        AesStreams streams = new AesStreams(dealers(job.keys));
        job.lookedUp.add(StageProgram.dealerPart(session, weights, streams, serial, given));
        return new StageProgram.Input.Nothing();
      }
      return new StageProgram.Input.Keys(given, count -> await(job.lookedUp));
    }

    StageProgram.Output alone(int serial) {
      return program.run(job.steps.get(serial), true, input(serial));
    }

    BatchProgram.Row row(int serial) {
      Step step = job.steps.get(serial);
      return new BatchProgram.Row(program, step, true, program.enter(step, input(serial)));
    }
  }

  private static Map<Pair, byte[]> dealers(Map<Pair, byte[]> keys) {
    Map<Pair, byte[]> own = new EnumMap<>(keys);
    own.remove(Pair.EVALUATORS);
    return own;
  }

  private static <K, V> V of(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key));
  }

  private static <T> T await(BlockingQueue<T> queue) {
    try {
      return Objects.requireNonNull(queue.poll(60, TimeUnit.SECONDS), "a peer is silent");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Channel channel(BlockingQueue<byte[]> out, BlockingQueue<byte[]> in) {
    return new Channel() {
      @Override
      public void send(byte[] bytes, int length) {
        out.add(Arrays.copyOf(bytes, length));
      }

      @Override
      public void receive(byte[] bytes, int length) {
        byte[] message = await(in);
        assertThat(message).hasSize(length);
        System.arraycopy(message, 0, bytes, 0, length);
      }
    };
  }

  private static Dealings.Out dealer(Job job) {
    return new Dealings.Out() {
      @Override
      public void put(byte[] bytes, int from, int length) {
        job.dealt.add(Arrays.copyOfRange(bytes, from, from + length));
      }

      @Override
      public void flush() {}
    };
  }

  private static Dealings.In taker(Job job) {
    return (bytes, from, length) -> {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (all.size() < length) {
        all.writeBytes(await(job.dealt));
      }
      assertThat(all.size()).as("what is taken at once was put at once").isEqualTo(length);
      System.arraycopy(all.toByteArray(), 0, bytes, from, length);
    };
  }

  /** What an evaluator has after all steps of a job. */
  private record Seen(List<long[]> logits, List<long[]> states, Claim cost) {}

  private static void keep(List<Seen> seen, int job, StageProgram.Output out) {
    if (!(out instanceof StageProgram.Output.Logits(Share share, Share state))) {
      throw new IllegalStateException("a step of one stage has logits");
    }
    seen.get(job).logits.add(share.words());
    seen.get(job).states.add(state.words());
  }

  /** Runs all jobs at all roles: prompts alone, steps alone or together. */
  private Map<Role, List<Seen>> run(boolean together) throws Exception {
    int vocab = of(shards, Role.DEALER).header().config().vocab();
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < PROMPTS.length; i++) {
      jobs.add(new Job(i, PROMPTS[i], vocab));
    }
    Map<Role, List<Seen>> all = new ConcurrentHashMap<>();
    try (ExecutorService threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().factory())) {
      List<Future<?>> running = new ArrayList<>();
      for (Role role : Role.values()) {
        running.add(threads.submit(() -> all.put(role, evaluate(role, jobs, together))));
      }
      for (Future<?> f : running) {
        f.get(5, TimeUnit.MINUTES);
      }
    }
    return all;
  }

  private List<Seen> evaluate(Role role, List<Job> jobs, boolean together) {
    List<Seat> seats = new ArrayList<>(jobs.stream().map(job -> new Seat(job, role)).toList());
    List<Seen> seen = new ArrayList<>();
    for (Seat seat : seats) {
      seen.add(new Seen(new ArrayList<>(), new ArrayList<>(), Claim.LOCAL));
      seat.alone(0);
    }
    BatchProgram batch = null;
    for (int serial = 1; serial <= STEPS; serial++) {
      if (!together || role == Role.DEALER) {
        for (int i = 0; i < seats.size(); i++) {
          StageProgram.Output out = seats.get(i).alone(serial);
          if (role.evaluates()) {
            keep(seen, i, out);
          }
        }
        continue;
      }
      int step = serial;
      List<BatchProgram.Row> rows =
          seats.stream()
              .map(s -> s.row(step))
              .sorted(Comparator.comparingInt(r -> r.step().position()))
              .toList();
      if (batch == null || !batch.fits(rows)) {
        batch =
            new BatchProgram(
                rows.stream().map(BatchProgram.Row::program).toList(),
                new StageWeights(of(shards, role)));
      }
      List<StageProgram.Output> out = batch.run(rows);
      for (int i = 0; i < seats.size(); i++) {
        StageProgram program = seats.get(i).program;
        int at = rows.stream().map(BatchProgram.Row::program).toList().indexOf(program);
        keep(seen, i, out.get(at));
      }
    }
    List<Seen> counted = new ArrayList<>();
    for (int i = 0; i < seats.size(); i++) {
      Claim cost = seats.get(i).session.meter().total().claim();
      counted.add(new Seen(seen.get(i).logits, seen.get(i).states, cost));
    }
    return counted;
  }

  @Test
  void givesEachRowTheWordsThatItHasAlone() throws Exception {
    Map<Role, List<Seen>> alone = run(false);
    Map<Role, List<Seen>> together = run(true);
    for (Role role : List.of(Role.EVALUATOR_0, Role.EVALUATOR_1)) {
      for (int job = 0; job < PROMPTS.length; job++) {
        Seen a = of(alone, role).get(job);
        Seen b = of(together, role).get(job);
        assertThat(b.cost).as("what job %d is counted", job).isEqualTo(a.cost);
        for (int step = 0; step < STEPS; step++) {
          assertThat(b.logits.get(step))
              .as("job %d, step %d", job, step)
              .isEqualTo(a.logits.get(step));
          assertThat(b.states.get(step)).isEqualTo(a.states.get(step));
        }
      }
    }
  }
}
