package dev.sotto.verification.internal;

import dev.sotto.platform.internal.InternalToken;
import dev.sotto.verification.audit.AuditLog;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * What audits say of nodes, added up: {@code GET /internal/reputation} with the services' token.
 * 200 with a list, 401 without the token.
 */
@RestController
class InternalReputation {
  private final AuditLog log;
  private final InternalToken token;

  InternalReputation(AuditLog log, InternalToken token) {
    this.log = log;
    this.token = token;
  }

  @GetMapping("/internal/reputation")
  ResponseEntity<List<AuditLog.Reputation>> reputation(
      @RequestHeader(name = InternalToken.HEADER, required = false) @Nullable String shown) {
    return token.matches(shown)
        ? ResponseEntity.ok(log.reputations())
        : ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
  }
}
