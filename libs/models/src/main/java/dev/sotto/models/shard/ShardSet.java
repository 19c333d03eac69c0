package dev.sotto.models.shard;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The shards of one cut in the publisher's folder, before they go to their nodes.
 *
 * @param folder where they are
 * @param headers of all stages and roles: stage by stage, dealer, evaluator-0, evaluator-1
 */
public record ShardSet(Path folder, List<ShardHeader> headers) {
  /** Errors name the shard that is not of the same cut as the first. */
  public ShardSet {
    headers = List.copyOf(headers);
    ShardHeader first = headers.getFirst();
    int expected = first.stage().count() * ShardRole.values().length;
    if (headers.size() != expected) {
      throw new ShardException(
          "a set of %d stages has %d shards, not %d"
              .formatted(first.stage().count(), expected, headers.size()));
    }
    Iterator<ShardHeader> rest = headers.iterator();
    int layer = 0;
    for (int stage = 0; stage < first.stage().count(); stage++) {
      int end = layer;
      for (ShardRole role : ShardRole.values()) {
        ShardHeader header = rest.next();
        Path file = folder.resolve(ShardHeader.fileName(role, stage, first.stage().count()));
        if (!sameCut(header, first)) {
          throw new ShardException(
                  "is of another cut than " + first.fileName() + "; provision the model again")
              .in(file);
        }
        if (header.role() != role
            || header.stage().index() != stage
            || header.stage().firstLayer() != layer) {
          throw new ShardException("is another role's or stage's than its name says").in(file);
        }
        end = header.stage().endLayer();
      }
      layer = end;
    }
  }

  private static boolean sameCut(ShardHeader one, ShardHeader other) {
    return one.setId().equals(other.setId())
        && one.lane().equals(other.lane())
        && one.modelDigest().equals(other.modelDigest())
        && one.config().equals(other.config())
        && one.weightWholeBits() == other.weightWholeBits()
        && one.stage().count() == other.stage().count()
        && one.calibration().sha256().equals(other.calibration().sha256());
  }

  /**
   * The complete set of that many stages in a folder; empty if there is no shard of it. A {@link
   * ShardException} names a shard that is missing, damaged or of another cut.
   */
  public static Optional<ShardSet> find(Path folder, int stages) {
    List<Path> files = new ArrayList<>();
    for (int stage = 0; stage < stages; stage++) {
      for (ShardRole role : ShardRole.values()) {
        files.add(folder.resolve(ShardHeader.fileName(role, stage, stages)));
      }
    }
    if (files.stream().noneMatch(Files::exists)) {
      return Optional.empty();
    }
    return Optional.of(new ShardSet(folder, files.stream().map(Shard::readHeader).toList()));
  }

  /** The file of one role and stage. */
  public Path file(ShardRole role, int stage) {
    return folder.resolve(ShardHeader.fileName(role, stage, stages()));
  }

  /** Stages of the set. */
  public int stages() {
    return headers.getFirst().stage().count();
  }

  /** Bytes of all files. */
  public long bytes() {
    return headers.stream().mapToLong(ShardHeader::fileBytes).sum();
  }

  /** Opens and verifies every shard; progress names matrices and counts each file's own bytes. */
  public void verify(ShardProgress progress) {
    for (ShardHeader header : headers) {
      try (Shard shard = Shard.open(folder.resolve(header.fileName()), header.role())) {
        shard.verify(progress);
      }
    }
  }
}
