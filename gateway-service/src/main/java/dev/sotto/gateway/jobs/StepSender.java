package dev.sotto.gateway.jobs;

import dev.sotto.contracts.JobId;
import java.util.concurrent.CompletableFuture;

/** Puts steps on their topic. */
@FunctionalInterface
interface StepSender {
  /**
   * Sends a step.
   *
   * @param job orders it among the job's others
   * @param encoding of a {@link dev.sotto.contracts.SealedStep}
   * @return done when the broker has it
   */
  CompletableFuture<?> send(JobId job, byte[] encoding);
}
