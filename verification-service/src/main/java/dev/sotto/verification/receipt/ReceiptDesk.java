package dev.sotto.verification.receipt;

import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.event.DigestShared;
import dev.sotto.contracts.event.EventRecord;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobPlaced;
import dev.sotto.contracts.event.JobVerified;
import dev.sotto.contracts.event.Topic;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.ManifestNode;
import dev.sotto.contracts.manifest.ManifestStage;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.contracts.manifest.SigningKey;
import dev.sotto.contracts.receipt.Receipt;
import dev.sotto.contracts.receipt.SignedReceipt;
import dev.sotto.platform.data.Tenancy;
import dev.sotto.platform.event.Outbox;
import dev.sotto.verification.verdict.Judgement;
import dev.sotto.verification.verdict.LaneDigests;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's way to its receipt. Its placement, its digests and its end come from several topics, in
 * any order and more than once; the receipt is signed when the end is here and every lane has
 * digested what was answered, or when nobody waits for that any longer. Once: under the lock of the
 * ended job.
 *
 * <p>A verdict of a caller's job says nothing about nodes: the caller may have fed its lanes
 * different prompts. It goes into the receipt and the event, and nowhere else.
 */
public final class ReceiptDesk {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiptDesk.class);
  private static final int AT_ONCE = 100;

  private final Tenancy tenancy;
  private final Placements placements;
  private final DigestShares digests;
  private final EndedJobs ended;
  private final Receipts receipts;
  private final Outbox outbox;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final String issuer;
  private final SigningKey key;
  private final Duration grace;

  ReceiptDesk(
      Tenancy tenancy,
      Placements placements,
      DigestShares digests,
      EndedJobs ended,
      Receipts receipts,
      Outbox outbox,
      MeterRegistry meters,
      InstantSource clock,
      String issuer,
      SigningKey key,
      Duration grace) {
    this.tenancy = tenancy;
    this.placements = placements;
    this.digests = digests;
    this.ended = ended;
    this.receipts = receipts;
    this.outbox = outbox;
    this.meters = meters;
    this.clock = clock;
    this.issuer = issuer;
    this.key = key;
    this.grace = grace;
  }

  /** Takes what concerns it; in the transaction that has noted the event. */
  public void take(EventRecord told) {
    tenancy.asWorker(
        () -> {
          switch (told.event()) {
            case JobPlaced placed -> placements.add(placed, told.occurredAt());
            case DigestShared share -> {
              Placements.Placed placed = placements.find(share.jobId()).orElse(null);
              if (placed == null) {
                // Whose it is nobody can say yet: what is signed counts when the job is settled.
                digests.add(share, false);
              } else if (signed(share, placed)) {
                digests.add(share, true);
                settle(share.jobId());
              } else {
                forged(share);
              }
            }
            case JobEnded end -> {
              ended.add(told, end, clock.millis() + grace.toMillis());
              settle(end.jobId());
            }
            default -> {
              // not about receipts
            }
          }
        });
  }

  private static boolean signed(DigestShared share, Placements.Placed placed) {
    for (SignedManifest lane : placed.lanes()) {
      List<ManifestStage> stages = manifest(lane).stages();
      if (lane.digest().equals(share.manifestDigest()) && share.stage() < stages.size()) {
        ManifestNode node = stages.get(share.stage()).node(share.role());
        return share.isSignedBy(node.identity());
      }
    }
    return false;
  }

  private void forged(DigestShared share) {
    meters.counter("sotto.records.unsigned", "topic", Topic.DIGESTS.topicName()).increment();
    LOG.warn(
        "job {}: a digest is not signed by the node that it names, and is dropped", share.jobId());
  }

  /** Signs for jobs whose digests are waited for no longer, and forgets what nobody ended. */
  public void sweep() {
    List<String> due = tenancy.asWorker(() -> ended.due(clock.millis(), AT_ONCE));
    for (String job : due) {
      tenancy.asWorker(() -> settle(job));
    }
    tenancy.asWorker(
        () -> {
          placements.removeForgotten();
          digests.removeForgotten();
        });
  }

  private void settle(String job) {
    EndedJobs.Waiting waiting = ended.lock(job).orElse(null);
    if (waiting == null) {
      return;
    }
    Placements.Placed placed = placements.find(job).orElse(null);
    if (placed == null) {
      forget(job); // never placed: nothing was done that a receipt could be about
      return;
    }
    SequencedMap<String, LaneDigests> lanes = digests(job, placed);
    boolean compared = placed.protection() == Protection.COMPARED;
    int answered = waiting.job().completionTokens();
    if (compared
        && clock.millis() < waiting.dueAt()
        && !Judgement.complete(lanes, Math.max(1, answered))) {
      return;
    }
    Judgement judgement = compared ? Judgement.of(lanes, answered) : Judgement.none();
    issue(waiting, placed, judgement);
    forget(job);
  }

  private void forget(String job) {
    ended.remove(job);
    placements.remove(job);
    digests.remove(job);
  }

  private SequencedMap<String, LaneDigests> digests(String job, Placements.Placed placed) {
    SequencedMap<String, LaneDigests> lanes = new LinkedHashMap<>();
    for (SignedManifest lane : placed.lanes()) {
      List<ManifestStage> stages = manifest(lane).stages();
      int last = stages.size() - 1;
      lanes.put(lane.digest(), digests.of(job, lane.digest(), last, stages.getLast()));
    }
    return lanes;
  }

  /**
   * Who is trusted was decided where the job was placed and by its caller; this only names them.
   */
  private static Manifest manifest(SignedManifest lane) {
    return Manifest.decode(Base64.getDecoder().decode(lane.manifest()));
  }

  private void issue(EndedJobs.Waiting waiting, Placements.Placed placed, Judgement judgement) {
    JobEnded job = waiting.job();
    List<Receipt.LaneEntry> lanes = new ArrayList<>();
    for (SignedManifest lane : placed.lanes()) {
      boolean dissents = judgement.dissenting().contains(lane.digest());
      lanes.add(entry(lane, dissents));
    }
    Receipt receipt =
        new Receipt(
            Receipt.VERSION,
            job.jobId(),
            job.model(),
            manifest(placed.lanes().getFirst()).modelDigest(),
            Receipt.PROTOCOL,
            placed.protection(),
            job.outcome(),
            judgement.verdict(),
            judgement.comparedSteps(),
            lanes,
            job.promptTokens(),
            job.completionTokens(),
            placed.placedAt(),
            waiting.endedAt(),
            clock.millis());
    SignedReceipt signed = SignedReceipt.sign(receipt, issuer, key);
    if (receipts.add(job.jobId(), job.tenantId(), judgement.verdict(), signed)) {
      outbox.tell(
          new JobVerified(
              job.jobId(),
              job.tenantId(),
              judgement.verdict(),
              judgement.dissenting(),
              judgement.comparedSteps(),
              signed.digest()));
      meters.counter("sotto.receipts", "verdict", judgement.verdict().label()).increment();
    }
  }

  private static Receipt.LaneEntry entry(SignedManifest lane, boolean dissents) {
    Manifest manifest = manifest(lane);
    List<Receipt.NodeEntry> nodes = new ArrayList<>();
    for (int stage = 0; stage < manifest.stages().size(); stage++) {
      for (Role role : Role.values()) {
        ManifestNode node = manifest.stages().get(stage).node(role);
        nodes.add(new Receipt.NodeEntry(stage, role, node.operator(), node.identity()));
      }
    }
    return new Receipt.LaneEntry(manifest.laneId(), lane.digest(), dissents, nodes);
  }
}
