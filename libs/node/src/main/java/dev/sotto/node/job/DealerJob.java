package dev.sotto.node.job;

import dev.sotto.contracts.JobOpen;
import dev.sotto.contracts.StepPlan;
import dev.sotto.contracts.StepRequest;
import dev.sotto.contracts.StepResult;
import dev.sotto.mpc.Abort;
import dev.sotto.mpc.MaskProducts;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.Session;
import dev.sotto.mpc.Streams;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.nn.Step;
import dev.sotto.node.NodeContext;
import dev.sotto.node.compute.StageProgram;
import dev.sotto.node.compute.StageWeights;
import dev.sotto.node.peer.DealtOut;
import dev.sotto.node.peer.Greeting.Purpose;
import dev.sotto.node.peer.Kind;
import dev.sotto.node.peer.RoundChannel;
import dev.sotto.ring.BitPacker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * One job at the dealer: the whole program ahead of the evaluators on a thread of its own, from
 * shapes alone, as far as the stock allows; and, online, the dealer's part of embedding look-ups.
 */
final class DealerJob {
  private final NodeContext node;
  private final JobOpen open;
  private final Caller caller;
  private final StepPlan plan;

  DealerJob(NodeContext node, JobOpen open, Caller caller) {
    this.node = node;
    this.open = open;
    this.caller = caller;
    this.plan = StepPlan.of(open.promptTokens(), open.maxTokens());
  }

  void run() {
    try (SessionLinks links = SessionLinks.open(node, open)) {
      Streams streams = links.streams();
      DealtOut out =
          new DealtOut(
              links.get(Purpose.DEALT).link(),
              links.number(),
              node.settings().stockBytes(),
              node.settings().jobIdle());
      Session session = new Session(Role.DEALER, streams, node.kernels(), null, out);
      CompletableFuture<Void> ahead = new CompletableFuture<>();
      Thread.ofPlatform().name("sotto-dealer").daemon().start(() -> ahead(session, out, ahead));
      caller.ready();
      try {
        online(links, session, streams.reader(), ahead);
      } finally {
        out.stop();
      }
      try {
        ahead.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof Abort a ? a : e;
      }
      links.clean();
    }
  }

  private void ahead(Session session, DealtOut out, CompletableFuture<Void> result) {
    try {
      MaskProducts products = new MaskProducts(session, node.settings().stepsAhead());
      products.bound(plan.steps() - 1);
      StageProgram program =
          new StageProgram(
              session,
              node.shard().header(),
              new StageWeights(node.shard()),
              node.plan(),
              products);
      try {
        for (int serial = 0; serial < plan.steps(); serial++) {
          StepPlan.Part part = plan.part(serial);
          program.run(
              new Step(serial, part.position(), part.tokens()),
              plan.answers(serial),
              new StageProgram.Input.Nothing());
        }
      } catch (DealtOut.Ended e) {
        // the caller had its answer earlier than it might have: nothing is lost
      }
      out.finish();
      result.complete(null);
    } catch (Throwable t) { // whatever it is, the job's own thread reports it
      result.completeExceptionally(t);
    }
  }

  private void online(
      SessionLinks links, Session session, Streams streams, CompletableFuture<Void> ahead) {
    StageWeights weights = new StageWeights(node.shard());
    int done = -1;
    while (caller.next() instanceof Caller.Wish.Run(StepRequest request)) {
      if (ahead.isCompletedExceptionally()) {
        throw new Abort.PeerGone("dealing has failed", null);
      }
      if (request.serial() == done) {
        caller.result(StepResult.done(open.jobId(), done));
        continue;
      }
      if (request.serial() != done + 1L || request.serial() >= plan.steps()) {
        throw new Abort.PartiesDiverged("step " + request.serial() + " is not the one that is due");
      }
      done++;
      if (node.stage().isFirst()) {
        lookUp(links, session, streams, weights, request, done);
      }
      caller.result(StepResult.done(open.jobId(), done));
    }
  }

  private void lookUp(
      SessionLinks links,
      Session session,
      Streams streams,
      StageWeights weights,
      StepRequest request,
      int serial) {
    if (request.keys().size() != 2 * plan.part(serial).tokens()) {
      throw new Abort.PartiesDiverged("a step needs two look-up keys a token");
    }
    long[] words = StageProgram.dealerPart(session, weights, streams, serial, Keys.of(request));
    byte[] bytes = new byte[BitPacker.bytes(words.length, TokenLookUp.ring())];
    BitPacker.pack(words, 0, words.length, TokenLookUp.ring(), bytes, 0);
    new RoundChannel(
            links.get(Purpose.LOOK_UPS).link(),
            Kind.LOOKED_UP,
            links.number(),
            () -> serial,
            node.settings().peerPatience())
        .send(bytes, bytes.length);
  }
}
