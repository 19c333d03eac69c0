package dev.sotto.verification.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sotto.contracts.JobId;
import dev.sotto.contracts.Protection;
import dev.sotto.contracts.Role;
import dev.sotto.contracts.manifest.Manifest;
import dev.sotto.contracts.manifest.SignedManifest;
import dev.sotto.verification.testing.Lane;
import dev.sotto.verification.testing.Running;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;

class AuditLogTest {
  private static final Shape SHAPE = new Shape(3, 4, 8, Protection.PASSIVE);

  private static Manifest manifest(SignedManifest lane) {
    return Manifest.decode(Base64.getDecoder().decode(lane.manifest()));
  }

  private static LaneFinding finding(SignedManifest lane, boolean passed) {
    return new LaneFinding(manifest(lane), lane.digest(), 4, passed);
  }

  @Test
  void reputationIsWhatAuditsAddUpToAndNothingTakesItBack(@TempDir Path folder) throws Exception {
    SignedManifest good = Lane.manifest("lane-1");
    SignedManifest bad = Lane.manifest("lane-2");
    SecureRandom random = new SecureRandom();
    try (Running service = new Running(folder)) {
      AuditLog log = service.bean(AuditLog.class);
      for (int i = 0; i < 3; i++) {
        JobId job = JobId.random(random);
        assertThat(log.knows(job.toString())).isFalse();
        log.begin(job, "small", SHAPE);
        log.end(job, List.of(finding(good, true), finding(bad, i > 0)));
        assertThat(log.knows(job.toString())).isTrue();
      }
      JobId unanswered = JobId.random(random);
      log.begin(unanswered, "small", SHAPE);
      log.end(unanswered, List.of());
      Map<String, AuditLog.Reputation> all =
          log.reputations().stream()
              .collect(Collectors.toMap(AuditLog.Reputation::identity, Function.identity()));
      assertThat(all).hasSize(6);
      for (Role role : Role.values()) {
        var one = manifest(good).stages().getFirst().node(role);
        var two = manifest(bad).stages().getFirst().node(role);
        assertThat(all.get(one.identity()))
            .isEqualTo(new AuditLog.Reputation(one.identity(), one.operator(), 3, 0));
        assertThat(all.get(two.identity()))
            .isEqualTo(new AuditLog.Reputation(two.identity(), two.operator(), 3, 1));
      }
      for (String change :
          List.of("UPDATE audit_result SET passed = true", "DELETE FROM audit_node")) {
        assertThatThrownBy(() -> service.jdbc().sql(change).update())
            .isInstanceOf(DataAccessException.class);
      }
    }
  }
}
