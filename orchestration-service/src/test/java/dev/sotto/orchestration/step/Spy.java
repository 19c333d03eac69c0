package dev.sotto.orchestration.step;

import dev.sotto.contracts.JobId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Notes what the desk says. */
final class Spy implements StepDesk.NodePost, StepDesk.Heard {
  final List<Sent> sent = new ArrayList<>();
  final List<String> closed = new ArrayList<>();
  final List<Judged> stopped = new ArrayList<>();
  final List<String> dropped = new ArrayList<>();
  int forged;

  @Override
  public void send(Sent part, byte @Nullable [] trace, Runnable failed) {
    sent.add(part);
  }

  @Override
  public void close(JobId job, List<String> identities, Runnable told) {
    closed.addAll(identities);
    told.run();
  }

  @Override
  public void forged(JobId job) {
    forged++;
  }

  @Override
  public void unsent(JobId job) {}

  @Override
  public void moved(JobId job) {}

  @Override
  public void stopped(JobId job, Judged why) {
    stopped.add(why);
  }

  @Override
  public void dropped(JobId job, String why) {
    dropped.add(why);
  }
}
