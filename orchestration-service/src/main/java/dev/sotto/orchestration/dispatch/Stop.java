package dev.sotto.orchestration.dispatch;

import dev.sotto.orchestration.job.Ending;

/**
 * Why a job cannot go on.
 *
 * @param why what it ends as, unless its caller has the whole answer
 * @param unanswered whether its caller cannot have it
 */
record Stop(Ending why, boolean unanswered) {
  /** Both: the first reason stands. */
  Stop and(Stop later) {
    return new Stop(why, unanswered || later.unanswered);
  }
}
