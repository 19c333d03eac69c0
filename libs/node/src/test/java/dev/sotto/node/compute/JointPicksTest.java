package dev.sotto.node.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.models.shard.Shard;
import dev.sotto.mpc.Role;
import dev.sotto.mpc.function.LookUpKeys;
import dev.sotto.mpc.function.TokenLookUp;
import dev.sotto.node.testing.SmallShards;
import dev.sotto.ring.ScalarKernels;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JointPicksTest {
  private static List<byte[]> keys(int tokens, int vocab, SecureRandom random) {
    List<byte[]> keys = new ArrayList<>();
    LookUpKeys lookUp = new LookUpKeys(vocab);
    for (int i = 0; i < tokens; i++) {
      Role role = Role.EVALUATOR_1;
      keys.addAll(Objects.requireNonNull(lookUp.generate(random.nextInt(vocab), random).get(role)));
    }
    return keys;
  }

  /** Single tokens, and prompts longer than a pass is wide, at once. */
  @Test
  void eachGetsWhatItGetsAlone(@TempDir Path folder) throws Exception {
    try (Shard shard = SmallShards.open(SmallShards.cut(folder), Role.EVALUATOR_1);
        ExecutorService jobs = Executors.newCachedThreadPool()) {
      TokenLookUp.Picks alone = new StageWeights(shard).picks("embed", new ScalarKernels());
      JointPicks joint = Objects.requireNonNull(StageWeights.joint(shard, new ScalarKernels()));
      SecureRandom random = new SecureRandom();
      int vocab = shard.header().config().vocab();
      List<List<byte[]>> asked = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        asked.add(keys(i % 8 == 0 ? 70 : 1 + i % 3, vocab, random));
      }
      List<Callable<long[]>> all = new ArrayList<>();
      asked.forEach(keys -> all.add(() -> joint.pick(keys)));
      List<Future<long[]>> picked = jobs.invokeAll(all);
      for (int i = 0; i < asked.size(); i++) {
        assertThat(picked.get(i).get()).as("job %d", i).isEqualTo(alone.pick(asked.get(i)));
      }
    }
  }

  @Test
  void aKeyThatIsNoneEndsNobodyElsesLookUp(@TempDir Path folder) throws Exception {
    try (Shard shard = SmallShards.open(SmallShards.cut(folder), Role.EVALUATOR_1)) {
      JointPicks joint = Objects.requireNonNull(StageWeights.joint(shard, new ScalarKernels()));
      assertThatThrownBy(() -> joint.pick(List.of(new byte[3], new byte[3])))
          .isInstanceOf(RuntimeException.class);
      List<byte[]> keys = keys(2, shard.header().config().vocab(), new SecureRandom());
      assertThat(joint.pick(keys)).hasSize(2 * 2 * shard.header().config().hidden());
    }
  }
}
