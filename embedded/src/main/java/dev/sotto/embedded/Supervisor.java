package dev.sotto.embedded;

import dev.sotto.contracts.BadMessage;
import dev.sotto.data.DataFailure;
import dev.sotto.launch.LaunchException;
import dev.sotto.launch.Leftovers;
import dev.sotto.launch.PlatformFolder;
import dev.sotto.launch.PrivateFile;
import dev.sotto.launch.UpPlan;
import dev.sotto.models.ModelException;
import dev.sotto.models.shard.ShardException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;

/**
 * One machine's platform: prepares the data folder, starts PostgreSQL, Kafka, the platform services
 * and the nodes, starts again what ends, and ends all when it is told to.
 *
 * <p>Arguments: the data folder, and the class path for its children. Standard input: what is there
 * of that which is being prepared, see {@link dev.sotto.launch.Milestone}.
 */
public final class Supervisor {
  /** What a supervisor exits with if another one has the folder. */
  public static final int ANOTHER_RUNS = 3;

  private Supervisor() {}

  /** Runs until it is told to end. */
  public static void main(String[] args) throws IOException {
    PlatformFolder folder = new PlatformFolder(Path.of(args[0]));
    folder.create();
    try (FileChannel channel =
            FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        System.exit(ANOTHER_RUNS);
      }
      Files.deleteIfExists(folder.failure());
      supervise(folder, args[1]);
    } catch (LaunchException
        | DataFailure
        | BadMessage
        | ModelException
        | ShardException
        | IOException e) {
      PrivateFile.write(folder.failure(), String.valueOf(e.getMessage()));
      System.exit(1);
    }
    System.exit(0);
  }

  private static void supervise(PlatformFolder folder, String classPath) throws IOException {
    int ended = Leftovers.read(folder).end();
    Files.deleteIfExists(folder.children());
    if (ended > 0) {
      System.out.printf("ended %d processes that an earlier supervisor left%n", ended);
    }
    UpPlan plan =
        UpPlan.proposed(folder)
            .orElseThrow(() -> new LaunchException("there is no " + folder.proposal()));
    Files.delete(folder.proposal()); // taken: what runs is told by the plan and by the status
    try (Platform platform = Platform.prepare(folder, plan, classPath, InstantSource.system())) {
      platform.run(System.in);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
