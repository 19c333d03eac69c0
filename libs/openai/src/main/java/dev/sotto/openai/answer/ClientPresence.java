package dev.sotto.openai.answer;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Whether a client still waits, asked of its connection: a caller who waits for one body at the end
 * is not written to on the way, so nothing else would tell that it has left.
 */
@Component
class ClientPresence implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private static final String PROBE = ClientPresence.class.getName();

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.addContextValves(new Probe());
  }

  /**
   * Whether the request's client has closed its connection; false where that cannot be known. Only
   * the thread that answers the request may ask, and not while another writes.
   */
  static boolean gone(HttpServletRequest request) {
    return request.getAttribute(PROBE) instanceof BooleanSupplier probe && probe.getAsBoolean();
  }

  private static final class Probe extends ValveBase {
    Probe() {
      super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
      org.apache.coyote.Request coyote = request.getCoyoteRequest();
      request.setAttribute(PROBE, (BooleanSupplier) () -> closed(coyote));
      getNext().invoke(request, response);
    }

    /**
     * Tomcat looks for more without waiting, and answers 1 for the end of the stream; another
     * request that came ahead of its turn would be longer.
     */
    private static boolean closed(org.apache.coyote.Request coyote) {
      coyote.action(ActionCode.AVAILABLE, true);
      int available = coyote.getAvailable();
      coyote.setAvailable(0);
      return available == 1;
    }
  }
}
