package dev.sotto.client.lane;

/**
 * What a job has cost on a lane, all stages together: payload bytes by link, without the links'
 * framing, and rounds. The dealer sends evaluator-0 nothing: its shares are streams.
 *
 * @param rounds messages between evaluators that waited for one another
 * @param dealerToEvaluator1 correlations and look-ups
 * @param evaluator0ToEvaluator1 openings
 * @param evaluator1ToEvaluator0 openings
 * @param enclaveToNodes look-up keys
 * @param nodesToEnclave shares of logits
 */
public record LaneUsage(
    long rounds,
    long dealerToEvaluator1,
    long evaluator0ToEvaluator1,
    long evaluator1ToEvaluator0,
    long enclaveToNodes,
    long nodesToEnclave) {
  /** What was added since {@code earlier}. */
  public LaneUsage since(LaneUsage earlier) {
    return new LaneUsage(
        rounds - earlier.rounds,
        dealerToEvaluator1 - earlier.dealerToEvaluator1,
        evaluator0ToEvaluator1 - earlier.evaluator0ToEvaluator1,
        evaluator1ToEvaluator0 - earlier.evaluator1ToEvaluator0,
        enclaveToNodes - earlier.enclaveToNodes,
        nodesToEnclave - earlier.nodesToEnclave);
  }

  /** All links together. */
  public long bytes() {
    return dealerToEvaluator1
        + evaluator0ToEvaluator1
        + evaluator1ToEvaluator0
        + enclaveToNodes
        + nodesToEnclave;
  }
}
