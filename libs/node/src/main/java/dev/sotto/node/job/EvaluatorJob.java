package dev.sotto.node.job;

import dev.sotto.contracts.DigestRequest;
import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.contracts.Usage;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.Channel;
import dev.sotto.mpc.Dealings;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Meter;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Share;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.nn.Step;
import dev.sotto.node.NodeContext;
import dev.sotto.node.compute.BatchProgram;
import dev.sotto.node.compute.SharedArithmetic;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.peer.DealtIn;
import dev.sotto.node.peer.Greeting.Purpose;
import dev.sotto.node.peer.Kind;
import dev.sotto.node.peer.Met;
import dev.sotto.node.peer.RoundChannel;
import dev.sotto.ring.BitPacker;
import dev.sotto.ring.Words;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One job at an evaluator. Step n runs once, after n − 1; a step that is asked for again is
 * answered with the bytes that were sent before, and nothing is drawn for it.
 */
final class EvaluatorJob {
  // Evaluator-1's word about a step
  private static final byte ALONE = 0;
  private static final byte TOGETHER = 1;
  private static final byte WAIT = 2;

  private final NodeContext node;
  private final JobOpen open;
  private final Caller caller;
  private final SessionLinks links;
  private final StepPlan plan;
  private int finished = -1;
  private long lookedUpBytes;
  private @Nullable StepResult last;
  private @Nullable JobDigests digests;
  private @Nullable DealtIn stock;
  private int run; // steps so far, digests not counted

  EvaluatorJob(NodeContext node, JobOpen open, Caller caller, SessionLinks links) {
    this.node = node;
    this.open = open;
    this.caller = caller;
    this.links = links;
    this.plan = StepPlan.of(open);
  }

  void run() {
    Met next = node.stage().isLast() ? null : links.next();
    Session[] session = new Session[1];
    Channel peer = channel(links.get(Purpose.EVALUATORS), Kind.OPENING, session);
    DealtIn dealt = node.role() == Role.EVALUATOR_1 ? stock() : null;
    stock = dealt;
    Dealings dealings = dealt == null ? new Dealings.None() : dealt;
    Streams streams = links.streams();
    session[0] = new Session(node.role(), streams, node.kernels(), peer, dealings);
    if (open.digested() && node.stage().isLast()) {
      digests =
          new JobDigests(
              node,
              open,
              session[0],
              streams.reader(),
              // Between steps: its frames bear the number that the digest has among them.
              rounds(links.get(Purpose.EVALUATORS), Kind.OPENING, () -> finished + 1));
    }
    MaskProducts products = new MaskProducts(session[0], node.settings().stepsAhead());
    products.bound(plan.steps() - 1);
    StageProgram program =
        new StageProgram(
            session[0],
            node.shard().header(),
            new StageWeights(node.shard(), node.picks()),
            node.plan(),
            products);
    caller.ready();
    Batches batches = node.batchesOfEvaluator();
    batches.enter(program);
    try {
      steps(session, program, next);
    } finally {
      batches.leave(program);
    }
    if (dealt != null) {
      dealt.finish();
    }
  }

  private DealtIn stock() {
    return new DealtIn(
        links.get(Purpose.DEALT),
        links.number(),
        node.settings().stockBytes(),
        node.settings().peerPatience(),
        node.settings().jobIdle());
  }

  private void steps(Session[] session, StageProgram program, @Nullable Met next) {
    while (true) {
      switch (caller.next()) {
        case Caller.Wish.Run(StepRequest request) -> {
          if (!repeated(request.serial())) {
            Keys.check(request, open.jobId(), plan, finished + 1);
            answer(step(request, session, program, next));
          }
        }
        case Caller.Wish.Digest(DigestRequest request) -> {
          if (!repeated(request.serial())) {
            Keys.check(request, open.jobId(), plan, finished + 1);
            answer(digest(request, session));
            if (!plan.isDigest(finished)) {
              finished = plan.steps(); // in place of a step: nothing comes after it
            }
          }
        }
        case Caller.Wish.Close _ -> {
          return;
        }
        case Caller.Wish.Refused(RuntimeException why) -> throw why;
      }
    }
  }

  private boolean repeated(long serial) {
    if (last == null || serial != last.serial()) {
      return false;
    }
    caller.result(last);
    return true;
  }

  private void answer(StepResult result) {
    finished = Math.toIntExact(result.serial());
    last = result;
    caller.result(result);
  }

  private StepResult step(
      StepRequest request, Session[] session, StageProgram program, @Nullable Met next) {
    Step step = new Step(finished + 1, request.position(), request.tokens());
    boolean answers = plan.answers(step.serial());
    StageProgram.Input input = input(request, session);
    StageProgram.Output out =
        step.tokens() == 1 && answers
            ? batched(step, program, input)
            : prompt(step, program, answers, input);
    run++;
    if (digests != null) {
      digests.keep(out);
    }
    return result(step, out, next, session);
  }

  /** A step of several tokens, when its turn has come: {@link Batches#beginPrompt}. */
  private StageProgram.Output prompt(
      Step step, StageProgram program, boolean answers, StageProgram.Input input) {
    Share entered = program.enter(step, input); // all roles have heard of it
    Session session = program.session();
    if (stock == null) {
      awaitTurn(session);
      return program.continued(step, answers, entered);
    }
    Batches batches = node.batchesOfEvaluator();
    batches.beginPrompt(node.settings().peerPatience(), () -> session.tell(new byte[] {WAIT}));
    try {
      stock.open();
      session.tell(new byte[] {ALONE});
      session.agreed(1);
      return program.continued(step, answers, entered);
    } finally {
      batches.endPrompt();
    }
  }

  /** While evaluator-1 says that it is there and busy: as long as a job may idle, no longer. */
  private void awaitTurn(Session session) {
    Duration most = node.settings().jobIdle();
    long end = System.nanoTime() + most.toNanos();
    while (session.hear(1)[0] == WAIT) {
      if (System.nanoTime() > end) {
        throw new Abort.PeerGone(
            "evaluator-1 had no turn for a prompt for " + most.toSeconds() + " s", null);
      }
    }
    session.agreed(0);
  }

  /**
   * A step of one token, which may be run with other jobs'. Evaluator-1 says whether it may: then
   * nothing that the caller does can stop it any more, at either evaluator.
   */
  private StageProgram.Output batched(Step step, StageProgram program, StageProgram.Input input) {
    Batches batches = node.batchesOfEvaluator();
    batches.come(program);
    Session session = program.session();
    BatchProgram.Row row = new BatchProgram.Row(program, step, true, program.enter(step, input));
    boolean together;
    if (stock == null) {
      together = session.hear(1)[0] == TOGETHER;
      session.agreed(0);
    } else {
      stock.open();
      together = batches.several() && stock.awaitSteps(run + 1);
    }
    StageProgram.Output out;
    try {
      if (together) {
        links.hold();
      } else {
        batches.gone(program);
      }
      if (stock != null) {
        session.tell(new byte[] {together ? TOGETHER : ALONE});
        session.agreed(1);
      }
      out = together ? batches.run(row) : row.alone();
    } finally {
      links.release();
    }
    links.check();
    return out;
  }

  private StepResult digest(DigestRequest request, Session[] session) {
    if (digests == null) {
      return StepResult.done(open.jobId(), request.serial(), usage(session[0]));
    }
    JobDigests.Digested done = digests.run(request, plan);
    caller.digested(done.share());
    return new StepResult(open.jobId(), request.serial(), usage(session[0]), 1, done.logits());
  }

  private StageProgram.Input input(StepRequest request, Session[] session) {
    if (node.stage().isFirst()) {
      return new StageProgram.Input.Keys(
          Keys.of(request, node.role(), node.config().vocab()), count -> lookedUp(count, session));
    }
    int words = request.tokens() * node.config().hidden();
    Share shape = SharedArithmetic.residualShape(words);
    byte[] bytes = new byte[BitPacker.bytes(words, shape.ring())];
    int due = finished + 1;
    // The stage before may compute for long; if one of its roles fails, this link ends.
    new RoundChannel(
            links.get(Purpose.HAND_OVER),
            Kind.HAND_OVER,
            links.number(),
            () -> due,
            node.settings().jobIdle())
        .receive(bytes, bytes.length);
    long[] out = new long[words];
    BitPacker.unpack(bytes, 0, words, shape.ring(), out, 0);
    links.handOverPad(links.get(Purpose.HAND_OVER), false).subtract(0, due, 0, out, 0, words);
    Words.reduce(out, shape.ring());
    return new StageProgram.Input.HandedOver(out);
  }

  private long[] lookedUp(int count, Session[] session) {
    int ring = TokenLookUp.ring(StageProgram.embeddingWholeBits(node.shard().header()));
    byte[] bytes = new byte[BitPacker.bytes(count, ring)];
    lookedUpBytes += bytes.length;
    channel(links.get(Purpose.LOOK_UPS), Kind.LOOKED_UP, session).receive(bytes, bytes.length);
    long[] out = new long[count];
    BitPacker.unpack(bytes, 0, count, ring, out, 0);
    return out;
  }

  private StepResult result(
      Step step, StageProgram.Output out, @Nullable Met next, Session[] session) {
    return switch (out) {
      case StageProgram.Output.Logits(Share share, Share _) ->
          new StepResult(
              open.jobId(),
              step.serial(),
              usage(session[0]),
              share.ring(),
              Octets.wrap(packed(share)));
      case StageProgram.Output.HandOver(Share share) -> {
        if (next == null) {
          throw new IllegalStateException("the last stage hands nothing over");
        }
        long[] padded = share.words().clone();
        links.handOverPad(next, true).add(0, step.serial(), 0, padded, 0, padded.length);
        Words.reduce(padded, share.ring());
        byte[] bytes = packed(new Share(padded, share.ring(), share.fraction()));
        channel(next, Kind.HAND_OVER, session).send(bytes, bytes.length);
        yield StepResult.done(open.jobId(), step.serial(), usage(session[0]));
      }
      case StageProgram.Output.Nothing() ->
          StepResult.done(open.jobId(), step.serial(), usage(session[0]));
    };
  }

  private Usage usage(Session session) {
    Meter.Count c = session.meter().total();
    long sent = c.opened() + (node.role() == Role.EVALUATOR_1 ? c.forwarded() : 0);
    Usage steps = new Usage(c.rounds(), c.dealt() + lookedUpBytes, sent);
    return digests == null ? steps : digests.with(steps);
  }

  private static byte[] packed(Share share) {
    byte[] bytes = new byte[BitPacker.bytes(share.size(), share.ring())];
    BitPacker.pack(share.words(), 0, share.size(), share.ring(), bytes, 0);
    return bytes;
  }

  private Channel channel(Met met, Kind kind, Session[] session) {
    return rounds(met, kind, () -> session[0].serial());
  }

  private Channel rounds(Met met, Kind kind, IntSupplier step) {
    Duration patience = node.settings().peerPatience();
    if (kind == Kind.OPENING) {
      // The other evaluator may wait for the dealer: who is silent is for it to say.
      patience = patience.plus(patience.dividedBy(4));
    }
    return new RoundChannel(met, kind, links.number(), step, patience);
  }
}
