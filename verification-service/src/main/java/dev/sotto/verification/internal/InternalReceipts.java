package dev.sotto.verification.internal;

import dev.sotto.platform.internal.InternalToken;
import dev.sotto.verification.receipt.Receipts;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * A tenant's receipts, for the gateway: {@code GET /internal/receipts/{job}} with the services'
 * token and the tenant's id in headers. 200 with the signed receipt as JSON; 404 when there is none
 * yet, and for another tenant's; 401 without the token; 400 for what is no id.
 */
@RestController
class InternalReceipts {
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");

  private final Receipts receipts;
  private final InternalToken token;

  InternalReceipts(Receipts receipts, InternalToken token) {
    this.receipts = receipts;
    this.token = token;
  }

  @GetMapping(path = "/internal/receipts/{job}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<byte[]> receipt(
      @PathVariable("job") String job,
      @RequestHeader(name = InternalToken.HEADER, required = false) @Nullable String shown,
      @RequestHeader(name = InternalToken.TENANT_HEADER, required = false)
          @Nullable String tenant) {
    if (!token.matches(shown)) {
      return ResponseEntity.status(HttpStatus.UNAUTHORIZED).build();
    }
    if (!JOB.matcher(job).matches() || tenant == null) {
      return ResponseEntity.badRequest().build();
    }
    UUID id;
    try {
      id = UUID.fromString(tenant);
    } catch (IllegalArgumentException e) {
      return ResponseEntity.badRequest().build();
    }
    return receipts
        .find(job, id)
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.notFound().build());
  }
}
