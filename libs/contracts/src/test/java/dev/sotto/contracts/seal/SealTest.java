package dev.sotto.contracts.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Octets;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.seal.SealContext.Direction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SealTest {
  private static final String DIGEST = "ab".repeat(32);
  private static final SealContext ABOUT =
      new SealContext(Direction.REQUEST, DIGEST, 1, Role.EVALUATOR_0);
  private static final byte[] TOLD = SealContext.associated(new JobId(1, 2), 0);
  private static final SealKeyPair OWN = SealKeyPair.create();

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void whatIsSealedInOrderOpensInOrder() {
    Sealer sealer = Sealer.to(OWN.publicKey(), ABOUT);
    Opener opener = Opener.of(OWN, sealer.encapsulation(), ABOUT);
    for (int i = 0; i < 5; i++) {
      byte[] told = SealContext.associated(new JobId(1, 2), i);
      byte[] plain = text("message " + i);
      Octets sealed = sealer.seal(told, plain);
      assertThat(sealed.length()).isEqualTo(plain.length + 16);
      assertThat(opener.open(told, sealed)).isEqualTo(plain);
    }
    assertThat(sealer.encapsulation().length()).isEqualTo(Opener.ENCAPSULATION_BYTES);
  }

  /** The context stays where it was: what a stranger adds does not cost the honest their place. */
  @Test
  void whatDoesNotOpenChangesNothing() {
    Sealer sealer = Sealer.to(OWN.publicKey(), ABOUT);
    Opener opener = Opener.of(OWN, sealer.encapsulation(), ABOUT);
    Octets first = sealer.seal(TOLD, text("first"));
    Octets second = sealer.seal(TOLD, text("second"));
    assertThatThrownBy(() -> opener.open(TOLD, second)).isInstanceOf(BadMessage.class); // too early
    byte[] bytes = first.toArray();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> opener.open(TOLD, Octets.wrap(altered)))
          .isInstanceOf(BadMessage.class);
    }
    for (byte[] other :
        List.of(
            new byte[0],
            SealContext.associated(new JobId(1, 3), 0),
            SealContext.associated(new JobId(1, 2), 1))) {
      assertThatThrownBy(() -> opener.open(other, first)).isInstanceOf(BadMessage.class);
    }
    for (int length = 0; length < 40; length++) {
      Octets junk = Octets.wrap(new byte[length]);
      assertThatThrownBy(() -> opener.open(TOLD, junk)).isInstanceOf(BadMessage.class);
    }
    assertThat(opener.open(TOLD, first)).isEqualTo(text("first"));
    assertThatThrownBy(() -> opener.open(TOLD, first)).isInstanceOf(BadMessage.class); // twice
    assertThat(opener.open(TOLD, second)).isEqualTo(text("second"));
  }

  @Test
  void anotherSeatDirectionManifestOrKeyDoesNotOpenIt() {
    Sealer sealer = Sealer.to(OWN.publicKey(), ABOUT);
    Octets sealed = sealer.seal(TOLD, text("content"));
    for (SealContext other :
        List.of(
            new SealContext(Direction.RESULT, DIGEST, 1, Role.EVALUATOR_0),
            new SealContext(Direction.REQUEST, "ac".repeat(32), 1, Role.EVALUATOR_0),
            new SealContext(Direction.REQUEST, DIGEST, 0, Role.EVALUATOR_0),
            new SealContext(Direction.REQUEST, DIGEST, 1, Role.EVALUATOR_1))) {
      Opener opener = Opener.of(OWN, sealer.encapsulation(), other);
      assertThatThrownBy(() -> opener.open(TOLD, sealed)).isInstanceOf(BadMessage.class);
    }
    Opener stranger = Opener.of(SealKeyPair.create(), sealer.encapsulation(), ABOUT);
    assertThatThrownBy(() -> stranger.open(TOLD, sealed)).isInstanceOf(BadMessage.class);
  }

  @Test
  void hostileKeysAndEncapsulationsAreOneClearError() {
    Random random = new Random(0x5077_0005L);
    for (int length : new int[] {0, 1, 32, 1119, 1121}) {
      Octets wrong = Octets.wrap(new byte[length]);
      assertThatThrownBy(() -> Opener.of(OWN, wrong, ABOUT)).hasMessageContaining("1120 bytes");
    }
    for (int i = 0; i < 20; i++) {
      byte[] junk = new byte[Opener.ENCAPSULATION_BYTES];
      random.nextBytes(junk);
      assertRefused(() -> Opener.of(OWN, Octets.wrap(junk), ABOUT));
      byte[] key = new byte[SealKey.BYTES];
      random.nextBytes(key);
      assertRefused(() -> Sealer.to(new SealKey(Octets.wrap(key)), ABOUT));
    }
    assertRefused(() -> Opener.of(OWN, Octets.wrap(new byte[Opener.ENCAPSULATION_BYTES]), ABOUT));
    assertRefused(() -> Sealer.to(new SealKey(Octets.wrap(new byte[SealKey.BYTES])), ABOUT));
    assertThatThrownBy(() -> SealKey.ofBase64("?")).isInstanceOf(BadMessage.class);
    assertThatThrownBy(() -> SealKey.ofBase64("AAAA")).hasMessageContaining("1216 bytes");
    assertThatThrownBy(() -> SealKeyPair.of(new byte[3], OWN.publicKey()))
        .isInstanceOf(BadMessage.class)
        .hasNoCause();
  }

  /** It may open as nothing, but it fails as nothing else than a bad message. */
  private static void assertRefused(Runnable attempt) {
    try {
      attempt.run();
    } catch (BadMessage refused) {
      assertThat(refused.field()).startsWith("Seal");
    }
  }

  @Test
  void keysSurviveTheirEncodings() {
    SealKey key = OWN.publicKey();
    assertThat(SealKey.ofBase64(key.base64())).isEqualTo(key);
    SealKeyPair again = SealKeyPair.of(OWN.encodedSecret(), key);
    Sealer sealer = Sealer.to(key, ABOUT);
    Octets sealed = sealer.seal(TOLD, text("content"));
    assertThat(Opener.of(again, sealer.encapsulation(), ABOUT).open(TOLD, sealed))
        .isEqualTo(text("content"));
    assertThat(key.fingerprint().length()).isEqualTo(32);
    assertThat(OWN.toString() + sealer).doesNotContain("[-").contains("hidden");
  }
}
