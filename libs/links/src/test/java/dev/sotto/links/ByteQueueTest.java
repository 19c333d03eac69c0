package dev.sotto.links;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ByteQueueTest {
  private final SplittableRandom random = new SplittableRandom(7);

  @Test
  void givesAllBytesInTheirOrderWhateverTheirPieces() {
    ByteQueue queue = new ByteQueue(1 << 20);
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 400; i++) {
      byte[] piece = new byte[random.nextInt(i % 10 == 0 ? 1 << 20 : 1 << 10)];
      random.nextBytes(piece);
      int from = piece.length / 3;
      queue.append(piece, from, piece.length - from);
      in.write(piece, from, piece.length - from);
      if (random.nextInt(3) == 0) {
        take(queue, out);
      }
    }
    while (!queue.isEmpty()) {
      take(queue, out);
    }
    assertThat(queue.poll()).isNull();
    assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
  }

  private static void take(ByteQueue queue, ByteArrayOutputStream to) {
    ByteQueue.Chunk chunk = queue.poll();
    if (chunk != null) {
      to.write(chunk.bytes(), 0, chunk.length());
      queue.recycle(chunk);
    }
  }

  @Test
  void whatFlowsThroughUsesTheSameChunksAgain() {
    ByteQueue queue = new ByteQueue(1 << 20);
    Set<ByteQueue.Chunk> seen = new HashSet<>();
    byte[] much = new byte[1 << 20];
    for (int i = 0; i < 50; i++) {
      queue.append(much, 0, much.length);
      for (ByteQueue.Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
        seen.add(chunk);
        queue.recycle(chunk);
      }
    }
    assertThat(seen).hasSizeLessThanOrEqualTo(5);
  }

  @Test
  void smallPiecesTakeNoMoreThanTheirBytes() {
    ByteQueue queue = new ByteQueue(0);
    for (int i = 0; i < 100_000; i++) {
      queue.append(new byte[] {1, 2, 3}, 0, 3);
    }
    List<ByteQueue.Chunk> chunks = new ArrayList<>();
    for (ByteQueue.Chunk chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
      chunks.add(chunk);
    }
    assertThat(chunks).hasSize(2);
    assertThat(chunks.stream().mapToInt(ByteQueue.Chunk::length).sum()).isEqualTo(300_000);
  }
}
