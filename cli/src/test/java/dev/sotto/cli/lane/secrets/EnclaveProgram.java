package dev.sotto.cli.lane.secrets;

import dev.sotto.cli.lane.LocalLane;
import dev.sotto.cli.lane.NodeHandle;
import dev.sotto.client.Generation;
import dev.sotto.client.lane.LaneJob;
import dev.sotto.links.NodeIdentity;
import dev.sotto.models.shard.ShardSet;
import dev.sotto.models.text.PublicPart;
import dev.sotto.node.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An enclave in a process of its own, for tests that look into it and its nodes. It does what
 * {@code generate} does, and goes on whenever it is sent a line.
 */
final class EnclaveProgram {
  private EnclaveProgram() {}

  /** Arguments: folder of shards, public part, run folder. The first line is the prompt. */
  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    ShardSet shards = ShardSet.find(Path.of(args[0]), 1).orElseThrow();
    PublicPart part = PublicPart.read(Path.of(args[1]));
    NodeIdentity caller = NodeIdentity.create();
    try (Generation generation = new Generation(part);
        LocalLane lane = LocalLane.start(shards, caller, Path.of(args[2]))) {
      say(
          "nodes "
              + lane.nodes().stream()
                  .map(NodeHandle::pid)
                  .map(String::valueOf)
                  .collect(Collectors.joining(" ")));
      String prompt = in.readLine();
      int[] ids = generation.prompt(prompt, true);
      try (LaneJob job =
          LaneJob.open(
              lane.lane(),
              caller,
              Node.linkSettings(),
              part.config().vocab(),
              ids.length,
              200,
              Duration.ofSeconds(60))) {
        float[] logits = job.next(ids);
        say("prompt " + Arrays.hashCode(ids));
        in.readLine();
        for (int i = 0; i < 199; i++) {
          logits = job.next(ids[i % ids.length]);
          if (i == 20) {
            say("deciding");
          }
        }
        say("answered " + logits.length);
        in.readLine();
      }
      say("closed");
      in.readLine();
      say("held " + prompt.length() + " " + ids.length);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
