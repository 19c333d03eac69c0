package dev.sotto.node.job;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.JobId;
import dev.sotto.mpc.Abort;
import java.util.concurrent.CompletionException;

/** What ended a job, in the words that its caller gets. */
final class Failures {

  private Failures() {}

  static Failure of(JobId job, Throwable why) {
    return switch (why) {
      case CompletionException e when e.getCause() != null -> of(job, e.getCause());
      case Refusal e -> new Failure(job, e.code(), sentence(e));
      case BadMessage e -> new Failure(job, Failure.Code.REFUSED, sentence(e));
      case Abort.PeerGone e -> new Failure(job, Failure.Code.PEER_GONE, sentence(e));
      case Abort.PeerCheated e -> new Failure(job, Failure.Code.PEER_CHEATED, sentence(e));
      case Abort.PartiesDiverged e -> new Failure(job, Failure.Code.DIVERGED, sentence(e));
      case OutOfMemoryError _ ->
          new Failure(
              job, Failure.Code.INTERNAL, "this node has too little memory for the job's step");
      default ->
          // Our own fault: its place, but not its message, which could carry a value.
          new Failure(
              job,
              Failure.Code.INTERNAL,
              "this node has a defect: " + why.getClass().getSimpleName() + " at " + place(why));
    };
  }

  /** Whether it is a fault of the node itself, which its operator should hear of. */
  static boolean isDefect(Throwable why) {
    return switch (why) {
      case CompletionException e when e.getCause() != null -> isDefect(e.getCause());
      case Refusal _, BadMessage _, Abort _ -> false;
      default -> true;
    };
  }

  private static String sentence(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return message.length() <= 500 ? message : message.substring(0, 500);
  }

  private static String place(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0
        ? "an unknown place"
        : trace[0].getClassName() + ":" + trace[0].getLineNumber();
  }
}
