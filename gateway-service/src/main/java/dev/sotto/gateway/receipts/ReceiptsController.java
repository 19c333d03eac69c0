package dev.sotto.gateway.receipts;

import dev.sotto.gateway.GatewaySettings;
import dev.sotto.gateway.errors.Refused;
import dev.sotto.gateway.security.SignedIn;
import dev.sotto.gateway.services.ServiceReports;
import dev.sotto.gateway.services.ServiceReports.Report;
import dev.sotto.platform.internal.InternalToken;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The signed receipt of a job, from a moment after its end. {@code sotto receipt verify} checks it
 * against keys that the caller has pinned: nothing that this service says need be believed.
 */
@RestController
@RequestMapping(path = "/v1/receipts", produces = MediaType.APPLICATION_JSON_VALUE)
class ReceiptsController {
  private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");

  private final ServiceReports verification;

  ReceiptsController(GatewaySettings settings, InternalToken token) {
    this.verification = new ServiceReports("verification", settings.verificationUrl(), token);
  }

  @GetMapping("/{job}")
  byte[] receipt(@PathVariable String job) {
    if (!JOB.matcher(job).matches()) {
      throw Refused.notFound("receipt");
    }
    Report report =
        verification.ask(SignedIn.caller().tenantId(), "/internal/receipts/" + job, Map.of());
    if (report.status() != 200) {
      throw Refused.notFound("receipt");
    }
    return report.body();
  }
}
