package dev.sotto.verification.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sotto.client.platform.JobRequest;
import dev.sotto.client.platform.ModelPin;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.audit.AnswerBook;
import dev.sotto.contracts.event.JobEnded;
import dev.sotto.contracts.event.JobRequested;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {
  private static final int VOCAB = 300;
  private static final int TOKENS = 40;
  private static final ModelPin MODEL =
      new ModelPin(VOCAB, "a".repeat(64), "b".repeat(64), "c".repeat(64));

  private final ScriptedLanes lanes = new ScriptedLanes();
  private final int[] sequence = new Random(3).ints(TOKENS, 0, VOCAB).toArray();
  private AnswerBook book;

  /** What the model answers after so many tokens of the sequence, on the grid of shares. */
  private static float[] right(int tokens) {
    Random random = new Random(tokens);
    float[] logits = new float[VOCAB];
    for (int i = 0; i < VOCAB; i++) {
      logits[i] = Math.round(random.nextGaussian() * 12_000) / 4096f;
    }
    return logits;
  }

  private static ScriptedLanes.Script honest(long seed) {
    return tokens -> {
      Random random = new Random(seed * 1000 + tokens);
      float[] logits = right(tokens);
      for (int i = 0; i < logits.length; i++) {
        logits[i] += Math.round(random.nextGaussian() * 40) / 4096f;
      }
      return logits;
    };
  }

  private static ScriptedLanes.Script lyingFrom(int token, float by) {
    return tokens -> {
      float[] logits = honest(9).after(tokens);
      logits[17] += tokens >= token ? by : 0;
      return logits;
    };
  }

  @BeforeEach
  void write(@TempDir Path folder) throws Exception {
    int[] fed = {0};
    Path file = folder.resolve("book");
    AnswerBook.write(
        file, MODEL.modelDigest(), VOCAB, List.of(sequence), (s, token) -> right(++fed[0]));
    book = AnswerBook.open(file);
  }

  private Collection<LaneFinding> audit(Shape shape) {
    SecureRandom random = new SecureRandom();
    Audit audit =
        new Audit(lanes, lanes.roots(), MODEL, "small", book, InstantSource.system(), random);
    return audit.run(JobId.random(random), shape);
  }

  @Test
  void theBookIsWhatWasWritten() {
    assertThat(book.sequences()).isEqualTo(1);
    assertThat(book.tokens(0)).isEqualTo(sequence);
    for (int position : new int[] {0, 7, TOKENS - 1}) {
      assertThat(Audit.close(book.logits(0, position), right(position + 1))).isTrue();
      assertThat(Audit.close(book.logits(0, position), right(position + 2))).isFalse();
    }
  }

  @Test
  void anHonestLanePasses() {
    lanes.add("lane-1", MODEL.modelDigest(), honest(1));
    Collection<LaneFinding> findings = audit(new Shape(12, 5, 32, Protection.PASSIVE));
    assertThat(findings).hasSize(1);
    LaneFinding finding = findings.iterator().next();
    assertThat(finding.passed()).isTrue();
    assertThat(finding.steps()).isEqualTo(5);
    JobRequest request = lanes.requests.getFirst();
    assertThat(request.promptTokens()).isEqualTo(12);
    assertThat(request.maxTokens()).isEqualTo(32);
  }

  @Test
  void aLieInOneLogitOfOneStepFails() {
    lanes.add("lane-1", MODEL.modelDigest(), lyingFrom(15, 1));
    LaneFinding finding = audit(new Shape(12, 6, 32, Protection.PASSIVE)).iterator().next();
    assertThat(finding.passed()).isFalse();
    assertThat(finding.steps()).as("runs on, as if nothing were").isEqualTo(6);
  }

  @Test
  void ofTwoLanesTheLiarIsNamedAndTheOtherIsNot() {
    String honest = lanes.add("lane-1", MODEL.modelDigest(), honest(1));
    String liar = lanes.add("lane-2", MODEL.modelDigest(), lyingFrom(14, 3));
    Collection<LaneFinding> findings = audit(new Shape(12, 6, 32, Protection.COMPARED));
    assertThat(findings).hasSize(2);
    for (LaneFinding finding : findings) {
      assertThat(finding.passed()).isEqualTo(finding.manifestDigest().equals(honest));
      assertThat(List.of(honest, liar)).contains(finding.manifestDigest());
    }
  }

  @Test
  void honestLanesThatAreComparedPassWithTheirDigests() {
    lanes.add("lane-1", MODEL.modelDigest(), honest(1));
    lanes.add("lane-2", MODEL.modelDigest(), honest(2));
    Collection<LaneFinding> findings = audit(new Shape(12, 20, 32, Protection.COMPARED));
    assertThat(findings).hasSize(2).allMatch(LaneFinding::passed).allMatch(f -> f.steps() == 20);
    assertThat(lanes.parts.stream().filter(part -> part.tokens() == 0)).hasSize(2);
  }

  @Test
  void shapesAreThoseOfCallers() {
    Shapes shapes = new Shapes("small");
    Random random = new Random(5);
    assertThat(shapes.draw(random).protection()).isEqualTo(Protection.PASSIVE);
    for (int i = 0; i < Shapes.KEPT + 7; i++) {
      String job = "%032x".formatted(i);
      shapes.asked(asked(job, "small", 100 + i % 3));
      shapes.ended(ended(job, "small", 10 + i % 5, 20 + i % 7));
      shapes.ended(ended("%032x".formatted(-i - 1), "small", 9999, 9999)); // nobody has asked
    }
    for (int i = 0; i < 200; i++) {
      Shape shape = shapes.draw(random);
      assertThat(shape.promptTokens()).isBetween(10, 14);
      assertThat(shape.answeredTokens()).isBetween(20, 26);
      assertThat(shape.maxTokens()).isBetween(100, 102);
      assertThat(shape.protection()).isEqualTo(Protection.COMPARED);
      assertThat(shape.within(16).answeredTokens()).isEqualTo(16 - shape.promptTokens());
    }
  }

  private static JobRequested asked(String job, String model, int most) {
    UUID id = new UUID(0, 1);
    return new JobRequested(
        job, id, id, id, model, "a".repeat(64), Protection.COMPARED, 10, most, 1);
  }

  private static JobEnded ended(String job, String model, int prompt, int answered) {
    UUID id = new UUID(0, 1);
    return new JobEnded(
        job,
        id,
        id,
        id,
        model,
        Protection.COMPARED,
        JobEnded.Outcome.COMPLETED,
        "",
        "",
        false,
        prompt,
        answered,
        List.of());
  }
}
