package dev.sotto.client.lane;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.CallerKind;
import dev.sotto.contracts.Failure;
import dev.sotto.contracts.Role;
import dev.sotto.links.PeerCheated;
import dev.sotto.links.PeerGone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What to say when a job fails: nodes fail one after the other because one did, and complain about
 * each other. The node whose own process is gone explains the others' complaints; a complaint about
 * what was asked explains more than one about a lost peer.
 */
public final class Blame {
  private final List<Finding> findings = new ArrayList<>();
  private final Set<String> said = new HashSet<>();

  private record Finding(String seat, int rank, LaneException what) {}

  /** What the sentences of a lane call a seat. */
  public static String seat(Role role, int stage, int stages) {
    return stages == 1 ? role.label() : role.label() + " of stage " + stage;
  }

  /** Takes in a node's own failure; {@code name} as {@link #seat} gives it. */
  public void add(String name, Failure failure) {
    said.add(name);
    find(
        name,
        rank(failure.code()),
        new LaneException(failure.code(), name + ": " + failure.sentence(), null));
  }

  /** Takes in a failure or the end of a link; anything else says nothing about the cause. */
  void add(Seat.Arrival arrival) {
    String name = arrival.seat().name();
    switch (arrival) {
      case Seat.Arrival.Came came when came.kind() == CallerKind.FAILURE.code() -> {
        said.add(name);
        try {
          add(name, Failure.decode(came.bytes()));
        } catch (BadMessage e) {
          find(
              name,
              1,
              new LaneException(
                  Failure.Code.PEER_CHEATED, name + " sent something that is no message", e));
        }
      }
      case Seat.Arrival.Came _ -> {}
      case Seat.Arrival.Ended ended -> {
        if (!said.contains(name)) {
          end(name, ended);
        }
      }
    }
  }

  private void end(String name, Seat.Arrival.Ended ended) {
    switch (ended.why()) {
      case PeerGone gone ->
          find(
              name,
              gone.how() == PeerGone.How.RESET ? 0 : 6,
              new LaneException(
                  Failure.Code.PEER_GONE, name + " is gone: " + gone.getMessage(), gone));
      case PeerCheated cheated ->
          find(
              name,
              1,
              new LaneException(
                  Failure.Code.PEER_CHEATED,
                  name + " broke the rules: " + cheated.getMessage(),
                  cheated));
      default ->
          find(
              name,
              1,
              new LaneException(
                  Failure.Code.PEER_GONE, name + ": " + ended.why().getMessage(), ended.why()));
    }
  }

  private void find(String seat, int rank, LaneException what) {
    findings.add(new Finding(seat, rank, what));
  }

  private static int rank(Failure.Code code) {
    return switch (code) {
      case PEER_CHEATED -> 1;
      case REFUSED, EXPIRED, REPLAYED, BUSY -> 2;
      case INTERNAL, DIVERGED -> 3;
      case PEER_GONE -> 4;
    };
  }

  /** Whether anything was found. */
  public boolean isEmpty() {
    return findings.isEmpty();
  }

  /** The cause among what was found; there must have been something. */
  public LaneException cause() {
    return findings.stream()
        .min(Comparator.comparingInt((Finding f) -> f.rank() + (explained(f) ? 1 : 0)))
        .orElseThrow()
        .what();
  }

  /** A node that complains of another's silence is explained by what that one complains of. */
  private boolean explained(Finding finding) {
    String sentence = String.valueOf(finding.what().getMessage());
    return finding.what().code() == Failure.Code.PEER_GONE
        && said.stream()
            .anyMatch(seat -> !seat.equals(finding.seat()) && sentence.contains(seat + " failed"));
  }
}
