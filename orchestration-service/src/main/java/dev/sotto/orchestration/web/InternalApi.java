package dev.sotto.orchestration.web;

import dev.sotto.orchestration.broker.Orchestra;
import dev.sotto.orchestration.dispatch.Dispatcher;
import dev.sotto.orchestration.job.Job;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.store.JobStore;
import dev.sotto.orchestration.store.LaneStore;
import dev.sotto.orchestration.store.LaneStore.Kind;
import dev.sotto.platform.data.Tenancy;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * For the platform's operator: which lanes and nodes there are, how many jobs are where, and the
 * revocation of a node or a lane. Every call shows the internal token ({@link InternalOnly}).
 */
@RestController
@RequestMapping("/internal")
class InternalApi {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
  private static final int MOST_REASON = 200;

  private final LaneBoard board;
  private final LaneStore lanes;
  private final JobStore jobs;
  private final Tenancy tenancy;
  private final Dispatcher dispatcher;
  private final Orchestra orchestra;
  private final InstantSource wall;

  InternalApi(
      LaneBoard board,
      LaneStore lanes,
      JobStore jobs,
      Tenancy tenancy,
      Dispatcher dispatcher,
      Orchestra orchestra,
      InstantSource wall) {
    this.board = board;
    this.lanes = lanes;
    this.jobs = jobs;
    this.tenancy = tenancy;
    this.dispatcher = dispatcher;
    this.orchestra = orchestra;
    this.wall = wall;
  }

  @GetMapping("/lanes")
  List<Views.Lane> lanes() {
    return board.lanes().stream().map(Views.Lane::of).toList();
  }

  @GetMapping("/nodes")
  Views.Nodes nodes() {
    return new Views.Nodes(
        board.nodes().stream().map(Views.Node::of).toList(),
        board.refusals().stream().map(Views.Refused::of).toList());
  }

  @GetMapping("/queue")
  Views.Queue queue() {
    return new Views.Queue(tenancy.asWorker(jobs::counts), orchestra.acting());
  }

  @GetMapping("/jobs/{id}")
  Views.JobStatus job(@PathVariable("id") String id) {
    check(JOB, id, "A job is named by 32 lowercase hexadecimal digits.");
    Job job =
        tenancy
            .asWorker(() -> jobs.find(id))
            .orElseThrow(() -> new Refusal(HttpStatus.NOT_FOUND, "There is no such job."));
    return Views.JobStatus.of(job);
  }

  @PostMapping("/nodes/{identity}/revoke")
  ResponseEntity<Void> revokeNode(
      @PathVariable("identity") String identity, @RequestBody Views.Revocation revocation) {
    check(DIGEST, identity, "A node is named by 64 lowercase hexadecimal digits.");
    lanes.revoke(Kind.NODE, identity, reason(revocation), wall.millis());
    board.revokeNode(identity);
    dispatcher.lanesChanged();
    return ResponseEntity.noContent().build();
  }

  @PostMapping("/lanes/{digest}/revoke")
  ResponseEntity<Void> revokeLane(
      @PathVariable("digest") String digest, @RequestBody Views.Revocation revocation) {
    check(DIGEST, digest, "A lane is named by its manifest's digest, 64 hexadecimal digits.");
    lanes.revoke(Kind.LANE, digest, reason(revocation), wall.millis());
    board.revokeLane(digest);
    dispatcher.lanesChanged();
    return ResponseEntity.noContent().build();
  }

  private static String reason(Views.Revocation revocation) {
    String reason = revocation.reason();
    if (reason == null || reason.isBlank() || reason.length() > MOST_REASON) {
      throw new Refusal(
          HttpStatus.BAD_REQUEST,
          "reason must say why, in at most " + MOST_REASON + " characters.");
    }
    return reason;
  }

  private static void check(Pattern pattern, String text, String rule) {
    if (!pattern.matcher(text).matches()) {
      throw new Refusal(HttpStatus.BAD_REQUEST, rule);
    }
  }

  @ExceptionHandler
  ResponseEntity<Views.Problem> refused(Refusal refusal) {
    return ResponseEntity.status(refusal.status)
        .body(new Views.Problem(String.valueOf(refusal.getMessage())));
  }

  /** A call that is answered with an error. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final HttpStatus status;

    Refusal(HttpStatus status, String message) {
      super(message);
      this.status = status;
    }
  }
}
