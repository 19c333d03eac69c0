package dev.sotto.verification.audit;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobRequested;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Shapes of callers' jobs of one model, the last {@value #KEPT}: audits draw theirs from them, so
 * that no node can tell one by its length. Until callers have come, shapes that short conversations
 * have. Safe for use by several threads.
 */
final class Shapes {
  static final int KEPT = 1024;

  private final String model;
  private final Map<String, Integer> asked =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > 4 * KEPT;
        }
      }; // most tokens, by job
  private final Shape[] ring = new Shape[KEPT];
  private long seen;

  Shapes(String model) {
    this.model = model;
  }

  synchronized void asked(JobRequested job) {
    if (job.model().equals(model)) {
      asked.put(job.jobId(), job.maxTokens());
    }
  }

  /** Those that read their prompt; this service's own are not to be told it. */
  synchronized void ended(JobEnded job) {
    Integer most = asked.remove(job.jobId());
    if (most != null && job.promptTokens() > 0 && job.completionTokens() > 0) {
      ring[(int) (seen++ % KEPT)] =
          new Shape(job.promptTokens(), job.completionTokens(), most, job.protection());
    }
  }

  /** One of them. */
  synchronized Shape draw(RandomGenerator random) {
    if (seen == 0) {
      int prompt = (int) Math.exp(random.nextDouble(Math.log(8), Math.log(96)));
      int answered = (int) Math.exp(random.nextDouble(Math.log(2), Math.log(48)));
      return new Shape(prompt, answered, 64, Protection.PASSIVE);
    }
    return ring[random.nextInt((int) Math.min(seen, KEPT))];
  }
}
