package dev.sotto.shard;

import static dev.sotto.shard.testing.SmallModel.assertClose;

import dev.sotto.data.DisposableData;
import dev.sotto.nn.ClearRun;
import dev.sotto.shard.testing.Broker;
import dev.sotto.shard.testing.SealedCall;
import dev.sotto.shard.testing.SmallLane;
import dev.sotto.shard.testing.SmallModel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes, led over a real broker, answer sealed steps as the model does in the clear. */
class SealedJobsOverKafkaTest {
  @TempDir private static Path folder;
  private static Broker broker;
  private static SmallLane lane;

  @BeforeAll
  static void start() throws Exception {
    String bootstrap = DisposableData.kafka().bootstrap();
    broker = new Broker(bootstrap);
    lane = new SmallLane(folder, bootstrap, 1).startAll();
  }

  @AfterAll
  static void stop() throws Exception {
    lane.close();
    broker.close();
  }

  @Test
  void sealedStepsAreAnsweredAsInTheClear() {
    int[] prompt = SmallModel.prompt(1, 30);
    ClearRun oracle = SmallModel.clear();
    SealedCall call = new SealedCall(lane, broker, prompt.length, 5);
    assertClose(call.run(prompt), oracle.logits(prompt));
    for (int token : SmallModel.prompt(2, 4)) {
      assertClose(call.run(token), oracle.logits(token));
    }
    call.close();
  }
}
