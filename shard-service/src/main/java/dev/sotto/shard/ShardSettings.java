package dev.sotto.shard;

import dev.sotto.contracts.Role;
import dev.sotto.node.NodeSettings;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Which node this is, and its bounds.
 *
 * @param role its seat: {@code dealer}, {@code evaluator-0} or {@code evaluator-1}
 * @param stage its stage, from 0
 * @param shardFile its shard
 * @param keysFolder its identity and seal key
 * @param manifestFile its lane's signed manifest
 * @param rootsFile whose signatures it believes
 * @param stateFolder its own, kept across restarts: which jobs it has taken
 * @param host where it listens for its peers, and what it tells them
 * @param port likewise; 0 takes a free one
 * @param slots jobs at once
 * @param kernels the arithmetic: {@code auto}, {@code scalar}, {@code vector}, {@code djl} or
 *     {@code cuda}
 * @param drain how long jobs may go on when the node is told to stop
 * @param peerPatience how long a role waits for another that is due to speak
 * @param jobIdle how long a job may wait for its caller's next step
 */
@Validated
@ConfigurationProperties("sotto.shard")
public record ShardSettings(
    @NotBlank @Pattern(regexp = "dealer|evaluator-0|evaluator-1") String role,
    @DefaultValue("0") @Min(0) @Max(255) int stage,
    @NotNull Path shardFile,
    @NotNull Path keysFolder,
    @NotNull Path manifestFile,
    @NotNull Path rootsFile,
    @NotNull Path stateFolder,
    @DefaultValue("127.0.0.1") @NotBlank String host,
    @DefaultValue("0") @Min(0) @Max(65_535) int port,
    @DefaultValue("8") @Min(1) @Max(1024) int slots,
    @DefaultValue("auto") @Pattern(regexp = "auto|scalar|vector|djl") String kernels,
    @DefaultValue("20s") @NotNull Duration drain,
    @DefaultValue("60s") @NotNull Duration peerPatience,
    @DefaultValue("10m") @NotNull Duration jobIdle) {
  /** The seat. */
  public Role seat() {
    for (Role each : Role.values()) {
      if (each.label().equals(role)) {
        return each;
      }
    }
    throw new IllegalStateException("sotto.shard.role is none");
  }

  /** The bounds of the node's jobs; IllegalArgumentException names what is outside. */
  public NodeSettings jobs() {
    NodeSettings usual = NodeSettings.DEFAULT;
    return new NodeSettings(peerPatience, jobIdle, usual.stockBytes(), usual.stepsAhead(), slots);
  }
}
