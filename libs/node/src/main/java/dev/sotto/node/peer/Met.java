package dev.sotto.node.peer;

import dev.sotto.links.Link;
import dev.sotto.links.LinkException;
import dev.sotto.mpc.Abort;
import java.util.concurrent.CountDownLatch;

/** A link that serves one job, and what the peer greeted with. Given back clean, or closed. */
public final class Met implements AutoCloseable {
  private final Peers peers;
  private final Link link;
  private final String who;
  private final Greeting theirs;
  private final boolean connector;
  private final CountDownLatch over = new CountDownLatch(1);

  Met(Peers peers, Link link, String who, Greeting theirs, boolean connector) {
    this.peers = peers;
    this.link = link;
    this.who = who;
    this.theirs = theirs;
    this.connector = connector;
  }

  public Link link() {
    return link;
  }

  /** The role at the other end, for sentences. */
  public String who() {
    return who;
  }

  /** The peer's greeting. */
  public Greeting theirs() {
    return theirs;
  }

  Abort abort(LinkException e) {
    return Aborts.of(e, who);
  }

  /** The job is over and the link is clean: the next job may have it. */
  public void giveBack() {
    if (connector) {
      peers.giveBack(link);
    }
    over.countDown();
  }

  /** The link is not clean: nobody uses it again. */
  @Override
  public void close() {
    link.close();
    over.countDown();
  }

  /** Waits for the end of the job; whether the link may serve another. */
  boolean awaitRelease() throws InterruptedException {
    over.await();
    return !link.isClosed();
  }
}
