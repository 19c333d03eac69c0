package dev.sotto.contracts.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.manifest.SignedManifest.Party;
import dev.sotto.contracts.seal.SealKeyPair;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignedManifestTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final Instant NOW = Instant.parse("2026-11-26T00:00:00Z");
  private static final String SEAL = SealKeyPair.create().publicKey().base64();

  private final SigningKey publisher = SigningKey.create();
  private final Map<String, SigningKey> operators =
      Map.of("red", SigningKey.create(), "green", SigningKey.create(), "blue", SigningKey.create());

  private static ManifestNode node(int identity, String operator) {
    return new ManifestNode(operator, "%064x".formatted(identity), SEAL);
  }

  private static ManifestStage stage(int first, int last, int identity) {
    return new ManifestStage(
        first,
        last,
        node(identity, "red"),
        node(identity + 1, "green"),
        node(identity + 2, "blue"));
  }

  private static Manifest manifest(long expiresAt, ManifestStage... stages) {
    return new Manifest(1, "lane", DIGEST, DIGEST, DIGEST, "acme", expiresAt, List.of(stages));
  }

  private static Manifest manifest() {
    return manifest(NOW.toEpochMilli() + 1, stage(0, 14, 1), stage(15, 29, 4));
  }

  private SignedManifest signed(Manifest manifest) {
    SignedManifest all =
        SignedManifest.unsigned(manifest).signed(Party.PUBLISHER, "acme", publisher);
    for (Map.Entry<String, SigningKey> each : operators.entrySet()) {
      all = all.signed(Party.OPERATOR, each.getKey(), each.getValue());
    }
    return all;
  }

  private TrustRoots roots() {
    Map<String, String> keys = new HashMap<>();
    operators.forEach((name, key) -> keys.put(name, key.publicHex()));
    return new TrustRoots(Map.of("acme", publisher.publicHex()), keys);
  }

  @Test
  void aManifestSignedByAllIsBelieved() {
    SignedManifest signed = signed(manifest());
    SignedManifest read = SignedManifest.decode(signed.encode());
    assertThat(read).isEqualTo(signed);
    assertThat(read.digest()).isEqualTo(signed.digest()).matches("[0-9a-f]{64}");
    assertThat(read.verified(TrustRoots.decode(roots().encode()), NOW)).isEqualTo(manifest());
    assertThat(manifest().operators()).containsExactly("blue", "green", "red");
  }

  @Test
  void everySignatureIsNeededAndMustBeThePinnedOne() {
    SignedManifest all = signed(manifest());
    for (SignedManifest.Mark missing : all.signatures()) {
      List<SignedManifest.Mark> others =
          all.signatures().stream().filter(mark -> !mark.equals(missing)).toList();
      SignedManifest without = new SignedManifest(all.manifest(), others);
      assertThatThrownBy(() -> without.verified(roots(), NOW))
          .isInstanceOf(BadMessage.class)
          .hasMessageContaining(missing.name());
      Party otherParty = missing.party() == Party.PUBLISHER ? Party.OPERATOR : Party.PUBLISHER;
      SigningKey key =
          missing.party() == Party.PUBLISHER
              ? publisher
              : Objects.requireNonNull(operators.get(missing.name()));
      SignedManifest asOther = without.signed(otherParty, missing.name(), key);
      assertThatThrownBy(() -> asOther.verified(roots(), NOW)).isInstanceOf(BadMessage.class);
      SignedManifest byStranger =
          without.signed(missing.party(), missing.name(), SigningKey.create());
      assertThatThrownBy(() -> byStranger.verified(roots(), NOW))
          .hasMessageContaining("pinned key");
    }
    TrustRoots fewer =
        new TrustRoots(
            Map.of("acme", publisher.publicHex()),
            Map.of("red", Objects.requireNonNull(operators.get("red")).publicHex()));
    assertThatThrownBy(() -> all.verified(fewer, NOW)).hasMessageContaining("not pinned");
  }

  @Test
  void anAlteredOrExpiredManifestIsNotBelieved() {
    SignedManifest all = signed(manifest());
    Manifest moved = manifest(NOW.toEpochMilli() + 1, stage(0, 13, 1), stage(14, 29, 4));
    SignedManifest altered =
        new SignedManifest(Base64.getEncoder().encodeToString(moved.encode()), all.signatures());
    assertThat(altered.digest()).isNotEqualTo(all.digest());
    assertThatThrownBy(() -> altered.verified(roots(), NOW)).hasMessageContaining("not signed");
    assertThatThrownBy(() -> all.verified(roots(), NOW.plusMillis(1)))
        .hasMessageContaining("expiresAt");
  }

  @Test
  void rolesAreSeparate() {
    ManifestStage oneOperator =
        new ManifestStage(0, 1, node(1, "red"), node(2, "red"), node(3, "red"));
    assertThatThrownBy(() -> manifest(1, oneOperator)).hasMessageContaining("two roles");
    ManifestStage swapped =
        new ManifestStage(15, 29, node(4, "green"), node(5, "red"), node(6, "blue"));
    assertThatThrownBy(() -> manifest(1, stage(0, 14, 1), swapped))
        .hasMessageContaining("Manifest.operator");
    assertThatThrownBy(() -> manifest(1, stage(0, 14, 1), stage(15, 29, 2)))
        .hasMessageContaining("Manifest.identity");
    assertThatThrownBy(() -> manifest(1, stage(0, 14, 1), stage(16, 29, 4)))
        .hasMessageContaining("firstLayer");
    assertThatThrownBy(() -> manifest(1, stage(1, 14, 1))).hasMessageContaining("firstLayer");
  }

  @Test
  void junkAndMutationsAreRefusedOrNotBelieved() {
    for (String junk : List.of("", "null", "[]", "{}", "{", "7", "{}{}", "[".repeat(10_000))) {
      byte[] bytes = junk.getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> SignedManifest.decode(bytes)).isInstanceOf(BadMessage.class);
      assertThatThrownBy(() -> Manifest.decode(bytes)).isInstanceOf(BadMessage.class);
      assertThatThrownBy(() -> TrustRoots.decode(bytes)).isInstanceOf(BadMessage.class);
    }
    Random random = new Random(0x5077_0006L);
    SignedManifest signed = signed(manifest());
    byte[] file = signed.encode();
    TrustRoots roots = roots();
    int believed = 0;
    for (int i = 0; i < 500; i++) {
      byte[] mutated = file.clone();
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      try {
        assertThat(SignedManifest.decode(mutated).verified(roots, NOW)).isEqualTo(manifest());
        believed++; // the same byte again, or a signature twice encoded
      } catch (BadMessage refused) {
        assertThat(refused.field()).isNotEmpty();
      }
    }
    assertThat(believed).isLessThan(50);
  }

  @Test
  void rootsOfBeforeRevocationAreReadAndRevokeNobody() {
    String key = publisher.publicHex();
    TrustRoots roots = new TrustRoots(Map.of("acme", key), Map.of("red", key), Set.of(key));
    assertThat(TrustRoots.decode(roots.encode())).isEqualTo(roots);
    String now = new String(roots.encode(), StandardCharsets.UTF_8);
    String before = now.replaceAll(",?\"revoked\":\\[[^]]*\\],?", "").replace("}\"", "},\"");
    assertThat(before).isNotEqualTo(now);
    assertThat(TrustRoots.decode(before.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(new TrustRoots(Map.of("acme", key), Map.of("red", key)));
    assertThatThrownBy(
            () -> TrustRoots.decode("{\"publishers\":{}}".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadMessage.class);
    assertThatThrownBy(() -> new TrustRoots(Map.of("a", key), Map.of("b", key), Set.of("x")))
        .hasMessageContaining("TrustRoots.revoked");
  }

  @Test
  void rootsHaveBounds() {
    String key = publisher.publicHex();
    assertThatThrownBy(() -> new TrustRoots(Map.of(), Map.of("red", key)))
        .hasMessageContaining("TrustRoots.publishers");
    assertThatThrownBy(() -> new TrustRoots(Map.of("acme", key), Map.of("red", "x")))
        .hasMessageContaining("TrustRoots.operators");
    assertThatThrownBy(() -> new TrustRoots(Map.of("../x", key), Map.of("red", key)))
        .hasMessageContaining("TrustRoots.publishers");
  }

  @Test
  void signingKeysSurviveTheirEncodingAndAreChecked() {
    byte[] message = {1, 2, 3};
    SigningKey again = SigningKey.of(publisher.encodedSecret(), publisher.publicHex());
    assertThat(SigningKey.verify(publisher.publicHex(), message, again.sign(message))).isTrue();
    byte[] altered = again.sign(message);
    altered[5] ^= 1;
    assertThat(SigningKey.verify(publisher.publicHex(), message, altered)).isFalse();
    assertThat(SigningKey.verify("zz", message, altered)).isFalse();
    assertThat(SigningKey.verify(publisher.publicHex(), message, new byte[3])).isFalse();
    String other = SigningKey.create().publicHex();
    assertThatThrownBy(() -> SigningKey.of(publisher.encodedSecret(), other))
        .isInstanceOf(BadMessage.class)
        .hasNoCause();
    assertThatThrownBy(() -> SigningKey.of(new byte[5], other)).isInstanceOf(BadMessage.class);
    assertThat(publisher.toString()).isEqualTo("SigningKey[" + publisher.publicHex() + "]");
  }
}
