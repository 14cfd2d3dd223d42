# The rule about Services for OPA Gatekeeper. The same rule in CEL is in vap.go.
package paddockservice

violation contains {"msg": "service_exposed: a Service may be of the type ClusterIP only, without external addresses. People reach apps through Paddock."} if exposed

exposed if object.get(input.review.object, ["spec", "type"], "ClusterIP") != "ClusterIP"

exposed if count(object.get(input.review.object, ["spec", "externalIPs"], [])) > 0
