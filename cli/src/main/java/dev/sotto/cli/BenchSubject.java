package dev.sotto.cli;

import dev.sotto.cli.bench.RunningPlatform;
import dev.sotto.cli.bench.Subject;
import dev.sotto.models.format.ModelFiles;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The model of a bench, provisioned in the home when it is first needed. */
final class BenchSubject implements Subject {
  private final Provisioning provisioning;
  private final Home home;
  private final ProgressLine progress;
  private @Nullable ShardSet shards;

  BenchSubject(String model, Home home, ProgressLine progress) {
    this.provisioning = new Provisioning(model, home, 1);
    this.home = home;
    this.progress = progress;
  }

  @Override
  public ShardSet shards() throws IOException {
    if (shards == null) {
      shards = provisioning.ensure(progress);
    }
    return shards;
  }

  @Override
  public PublicPart publicPart() throws IOException {
    return Provisioning.publicPart(shards());
  }

  @Override
  public ModelFiles open() throws IOException {
    return new ModelSource(provisioning.model(), home).open(progress);
  }

  @Override
  public RunningPlatform platform() throws IOException {
    return BenchPlatform.start(provisioning.model(), home, progress);
  }

  @Override
  public RunningPlatform smallPlatform() throws IOException {
    return BenchPlatform.small(home, progress);
  }

  @Override
  public Path runFolder() throws IOException {
    return Files.createTempDirectory(Files.createDirectories(home.run()), "lane-");
  }
}
