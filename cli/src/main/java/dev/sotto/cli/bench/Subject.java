package dev.sotto.cli.bench;

import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.nio.file.Path;

/** The model that is measured, made ready when a figure first needs it. */
public interface Subject {
  /** Its shards of one stage, cut if they are missing. */
  ShardSet shards() throws IOException;

  /** What the enclave knows of it. */
  PublicPart publicPart() throws IOException;

  /** The model itself, for the clear run; to be closed. */
  ModelFiles open() throws IOException;

  /** A platform of its own that serves it, up and ready. */
  RunningPlatform platform() throws IOException;

  /** The same of a small made-up model instead, for what does not depend on the model. */
  RunningPlatform smallPlatform() throws IOException;

  /** A fresh folder for what the processes of a lane leave for each other; the lane deletes it. */
  Path runFolder() throws IOException;
}
