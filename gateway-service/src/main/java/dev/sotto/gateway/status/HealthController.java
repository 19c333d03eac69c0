package dev.sotto.gateway.status;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** For whoever starts, watches or balances instances. Says what is missing, by name only. */
@RestController
class HealthController {
  private final List<ReadyCheck> checks;

  HealthController(List<ReadyCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * Whether this instance can serve.
   *
   * @param status ok, or unavailable
   * @param checks what it takes, and whether it is there
   */
  record Ready(String status, Map<String, Boolean> checks) {}

  @GetMapping("/healthz")
  Map<String, String> alive() {
    return Map.of("status", "ok");
  }

  @GetMapping("/readyz")
  ResponseEntity<Ready> ready() {
    Map<String, Boolean> found = new TreeMap<>();
    checks.forEach(check -> found.put(check.name(), check.holds()));
    boolean all = !found.containsValue(false);
    return ResponseEntity.status(all ? 200 : 503)
        .body(new Ready(all ? "ok" : "unavailable", found));
  }
}
