package dev.sotto.cli;

import dev.sotto.models.ClearWeights;
import dev.sotto.models.TensorSource;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.BalancedTensors;
import dev.sotto.models.shard.CutRequest;
import dev.sotto.models.shard.PrecisionProfile;
import dev.sotto.models.shard.ShardCutter;
import dev.sotto.models.shard.ShardException;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The publisher's work: fetch, calibrate, cut. It sees the weights, and leaves behind what the
 * roles and the enclave need: shards and the model's public part.
 *
 * @param model as the user named it
 * @param stages into how many
 * @param lane the lane that the shards are for; each lane has a sharing of its own
 */
record Provisioning(String model, Home home, int stages, String lane) {
  /** The public part's file, beside the shards. */
  static final String PUBLIC_PART = "model.json";

  /** The lane of a command that starts its own nodes. */
  static final String LANE = "local";

  /** For such a command's lane. */
  Provisioning(String model, Home home, int stages) {
    this(model, home, stages, LANE);
  }

  /** Where the shards of the model with this digest are, or go. */
  private Path folder(String digest) {
    Path folder = new ShardFolders(home.shards()).folder(model, digest);
    return lane.equals(LANE) ? folder : folder.resolve(lane);
  }

  /** The model's public part as provisioning left it beside {@code set}. */
  static PublicPart publicPart(ShardSet set) {
    return PublicPart.read(set.folder().resolve(PUBLIC_PART));
  }

  /**
   * What is there, if it is complete and of the model that the name stands for now; a
   * ShardException says what is damaged.
   */
  Optional<ShardSet> present(ProgressLine progress) throws IOException {
    if (!new ShardFolders(home.shards()).anyOf(model)) {
      return Optional.empty(); // nothing of that name, whatever the model's digest
    }
    try (ModelFiles source = new ModelSource(model, home).open(progress)) {
      String digest = source.digest();
      Path folder = folder(digest);
      if (Files.notExists(folder.resolve(PUBLIC_PART))) {
        return Optional.empty();
      }
      return ShardSet.find(folder, stages)
          .filter(found -> found.headers().getFirst().modelDigest().equals(digest))
          .filter(found -> publicPart(found).modelDigest().equals(digest));
    }
  }

  /**
   * Cuts, whatever is there. Errors are the model's or the cutter's, or name a wire that is too
   * wide.
   */
  ShardSet cut(ProgressLine progress) throws IOException {
    return cut(false, progress);
  }

  /**
   * The same.
   *
   * @param thorough whether to calibrate with every token of the vocabulary
   */
  ShardSet cut(boolean thorough, ProgressLine progress) throws IOException {
    home.create();
    try (ModelFiles source = new ModelSource(model, home).open(progress)) {
      PublicPart part = source.publicPart();
      TensorSource balanced = new BalancedTensors(source);
      ClearWeights weights = new ClearWeights(balanced);
      Calibration calibration =
          Calibration.record(source.config(), weights, part, thorough, progress);
      PrecisionProfile precision = calibration.precision(source.config(), weights);
      Path folder = Files.createDirectories(folder(source.digest()));
      ShardSet set =
          new ShardCutter(new SecureRandom())
              .cut(
                  balanced,
                  new CutRequest(folder, lane, stages, precision),
                  calibration.encoded(),
                  (matrix, done, total) -> progress.bytes("cutting " + model, done, total));
      part.write(folder.resolve(PUBLIC_PART));
      return set;
    }
  }

  /** The shards, cut now if they are not there. */
  ShardSet ensure(ProgressLine progress) throws IOException {
    try {
      Optional<ShardSet> present = present(progress);
      if (present.isPresent()) {
        return present.get();
      }
    } catch (ShardException e) {
      progress.at("cutting again: " + e.getMessage());
    }
    return cut(progress);
  }
}
