package dev.sotto.client.lane;

import dev.sotto.client.Steps;
import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Lane;
import dev.sotto.contracts.LaneNode;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.links.LinkCounts;
import dev.sotto.links.LinkException;
import dev.sotto.links.LinkSettings;
import dev.sotto.links.NodeIdentity;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One job on a lane, from the enclave: the only place that sees tokens and logits. A token goes out
 * as six point-function keys, one for each role and pair, each uniform to who gets it; logits come
 * back as two shares that are added here.
 */
public final class LaneJob implements Steps, AutoCloseable {
  private static final Duration LIFETIME = Duration.ofHours(1);
  private static final int ARRIVALS = 16; // for each stage; a node that sends more waits
  private static final Duration AFTERMATH = Duration.ofMillis(400);

  private final JobOpen open;
  private final long session;
  private final StepCursor cursor;
  private final int vocab;
  private final TokenKeys tokenKeys;
  private final Duration patience;
  private final List<Seat> seats = new ArrayList<>();
  private final BlockingQueue<Seat.Arrival> arrivals;
  private final Map<Seat, Usage> usages = new HashMap<>();

  /**
   * Opens a job at every node of the lane and waits until all are ready.
   *
   * @param vocab tokens of the model's vocabulary
   * @param patience how long a node may take for one step
   */
  public static LaneJob open(
      Lane lane,
      NodeIdentity self,
      LinkSettings settings,
      int vocab,
      int promptTokens,
      int maxTokens,
      Duration patience) {
    SecureRandom random = new SecureRandom();
    byte[] nonce = new byte[32];
    random.nextBytes(nonce);
    JobOpen open =
        new JobOpen(
            JobId.random(random),
            lane.modelDigest(),
            lane.digest(),
            lane.laneId(),
            promptTokens,
            maxTokens,
            Octets.wrap(self.key().bytes()),
            System.currentTimeMillis() + LIFETIME.toMillis(),
            Octets.wrap(nonce));
    LaneJob job = new LaneJob(open, lane.stages().size(), vocab, patience);
    try {
      for (int stage = 0; stage < lane.stages().size(); stage++) {
        for (Role role : Role.values()) {
          job.sit(lane, stage, role, self, settings);
        }
      }
      byte[] bytes = open.encode();
      for (Seat seat : job.seats) {
        seat.read(job.arrivals);
        job.send(seat, CallerKind.OPEN, 0, bytes);
      }
      job.await(CallerKind.READY, 0);
      return job;
    } catch (RuntimeException e) {
      job.abandon();
      throw e;
    }
  }

  private void sit(Lane lane, int stage, Role role, NodeIdentity self, LinkSettings settings) {
    int stages = lane.stages().size();
    String name = Blame.seat(role, stage, stages);
    LaneNode node = lane.stages().get(stage).node(role);
    try {
      seats.add(Seat.connect(node, stage, stages, role, self, settings, name));
    } catch (LinkException e) {
      throw new LaneException(
          Failure.Code.PEER_GONE, name + " cannot be reached: " + e.getMessage(), e);
    }
  }

  private LaneJob(JobOpen open, int stages, int vocab, Duration patience) {
    this.open = open;
    this.arrivals = new ArrayBlockingQueue<>(ARRIVALS * stages);
    this.session = ByteBuffer.wrap(open.hash()).getLong();
    this.cursor = new StepCursor(open.promptTokens(), open.maxTokens());
    this.vocab = vocab;
    this.tokenKeys = new TokenKeys(vocab, new SecureRandom());
    this.patience = patience;
  }

  /**
   * Runs the steps that these tokens need: first the whole prompt, then one token at a time. Errors
   * are a {@link LaneException}; the job is over after one.
   */
  @Override
  public float[] next(int... tokens) {
    try {
      return cursor.run(tokens, this::step);
    } catch (LaneException e) {
      abandon();
      throw e;
    }
  }

  private float[] step(int serial, int position, int[] tokens, boolean answers) {
    Map<Role, List<Octets>> keys = tokenKeys.of(tokens);
    for (Seat seat : seats) {
      List<Octets> own = seat.stage() == 0 ? keys.getOrDefault(seat.role(), List.of()) : List.of();
      byte[] bytes = new StepRequest(open.jobId(), serial, position, tokens.length, own).encode();
      send(seat, CallerKind.STEP, serial, bytes);
    }
    LogitShares shares = new LogitShares(vocab, answers);
    for (Map.Entry<Seat, byte[]> answer : await(CallerKind.RESULT, serial).entrySet()) {
      Seat seat = answer.getKey();
      StepResult result = result(seat, serial, answer.getValue());
      usages.put(seat, result.usage());
      shares.add(seat.name(), seat.holdsOutput(), result);
    }
    return shares.opened();
  }

  private StepResult result(Seat seat, int serial, byte[] bytes) {
    StepResult result;
    try {
      result = StepResult.decode(bytes);
    } catch (BadMessage e) {
      throw cheated(seat, "sent something that is no result");
    }
    if (result.serial() != serial || !result.jobId().equals(open.jobId())) {
      throw cheated(seat, "answered another step");
    }
    return result;
  }

  private static LaneException cheated(Seat seat, String what) {
    return new LaneException(Failure.Code.PEER_CHEATED, seat.name() + " " + what, null);
  }

  private void send(Seat seat, CallerKind kind, int step, byte[] bytes) {
    try {
      seat.link().send(kind.code(), session, step, bytes, 0, bytes.length);
    } catch (LinkException e) {
      throw failed(new Seat.Arrival.Ended(seat, e));
    }
  }

  /** What every node is due to say; the first that fails, or says something else, ends the job. */
  private Map<Seat, byte[]> await(CallerKind due, int step) {
    Map<Seat, byte[]> answers = new HashMap<>();
    long end = System.nanoTime() + patience.toNanos();
    while (answers.size() < seats.size()) {
      Seat.Arrival arrival = next(end - System.nanoTime());
      switch (arrival) {
        case null -> {
          String silent =
              seats.stream()
                  .filter(seat -> !answers.containsKey(seat))
                  .map(Seat::name)
                  .collect(Collectors.joining(" and "));
          throw new LaneException(
              Failure.Code.PEER_GONE,
              "%s did not answer within %d s".formatted(silent, patience.toSeconds()),
              null);
        }
        case Seat.Arrival.Came came when came.kind() == due.code() -> {
          if (came.session() != session
              || came.step() != step
              || answers.put(came.seat(), came.bytes()) != null) {
            throw cheated(came.seat(), "answered something else than was asked");
          }
        }
        case Seat.Arrival.Came came when came.kind() != CallerKind.FAILURE.code() ->
            throw cheated(came.seat(), "answered something else than was asked");
        default -> throw failed(arrival);
      }
    }
    return answers;
  }

  /** The cause of a failure: nodes that fail together are heard, for a moment, before one is. */
  private LaneException failed(Seat.Arrival first) {
    Blame blame = new Blame();
    Set<Seat> heard = new HashSet<>();
    long end = System.nanoTime() + AFTERMATH.toNanos();
    for (Seat.Arrival a = first; a != null; a = next(end - System.nanoTime())) {
      blame.add(a);
      if (a instanceof Seat.Arrival.Ended ended) {
        heard.add(ended.seat());
      }
      if (heard.size() == seats.size()) {
        break;
      }
    }
    return blame.cause();
  }

  private Seat.@Nullable Arrival next(long nanos) {
    try {
      return arrivals.poll(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaneException(Failure.Code.PEER_GONE, "waiting for the lane was interrupted", e);
    }
  }

  /** What the job has cost so far, over all stages. */
  public LaneUsage usage() {
    Usage first = Usage.NONE;
    Usage second = Usage.NONE;
    long sent = 0;
    long received = 0;
    for (Seat seat : seats) {
      Usage u = usages.getOrDefault(seat, Usage.NONE);
      switch (seat.role()) {
        case EVALUATOR_0 -> first = first.plus(u);
        case EVALUATOR_1 -> second = second.plus(u);
        case DEALER -> {}
      }
      LinkCounts c = seat.link().counts();
      sent += c.payloadBytesSent();
      received += c.payloadBytesReceived();
    }
    return new LaneUsage(
        second.rounds(),
        second.dealtBytes(),
        first.openedBytes(),
        second.openedBytes(),
        sent,
        received);
  }

  private void abandon() {
    seats.forEach(seat -> seat.link().close());
    arrivals.clear(); // a reader that waits for room ends now
  }

  /** Ends the job; the nodes drop what they hold of it. */
  @Override
  public void close() {
    for (Seat seat : seats) {
      if (!seat.link().isClosed()) {
        try {
          seat.link().send(CallerKind.CLOSE.code(), session, cursor.serial(), new byte[0], 0, 0);
        } catch (LinkException e) {
          // the node is gone: it has dropped the job already
        }
      }
    }
    abandon();
  }

  @Override
  public String toString() {
    return "LaneJob[" + open.jobId() + "]";
  }
}
